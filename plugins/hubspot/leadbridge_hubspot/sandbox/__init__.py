"""A stand-in of a HubSpot portal, served on loopback. Needs ``leadbridge[sandbox]``."""
