"""Lead conversion as Salesforce does it: what becomes of a lead, and what is refused."""
