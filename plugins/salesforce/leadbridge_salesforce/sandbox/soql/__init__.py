"""SOQL over the sandbox's tables: text -> tokens -> tree -> SQL with bound parameters -> rows in Salesforce's shape."""
