-- From here on an audit row's action is a code, and `arguments` are its facts; words are found when it is shown.
-- Rows from before have no arguments: their action, before and after are English, and stay as they are.
-- The action of an undo row is a code, too; rows from before hold the English that is the code's old text.
ALTER TABLE audit ADD COLUMN arguments TEXT CHECK (arguments IS NULL OR json_valid(arguments));
