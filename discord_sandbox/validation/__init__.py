"""Discord's own verdict on request payloads: pure checks, answered with its real codes and error trees."""
