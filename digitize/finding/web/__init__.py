"""The search as JSON and as a page, behind the login of the review station."""
