"""Pictures of figures: what they show and what they say."""
