"""Discord's validation of request payloads: pure checks that raise its real codes and error trees."""
