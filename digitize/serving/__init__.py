"""Search and services over loaded records as JSON and pages, behind the login of the review station."""
