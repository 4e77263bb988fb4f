"""Salesforce as a CRM, and a stand-in of an org to test against."""
