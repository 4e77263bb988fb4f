"""HubSpot as a CRM, and a stand-in of a portal to test against."""
