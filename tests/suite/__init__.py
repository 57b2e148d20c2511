"""The costs of the test suite, and means to lower them."""
