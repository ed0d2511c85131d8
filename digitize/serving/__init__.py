"""Search and services of loaded records as JSON and as pages, behind the login of the review station."""
