"""HTTP: routes of the API, problem details, OpenAPI, pages and static files."""
