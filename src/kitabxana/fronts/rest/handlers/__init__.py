"""Parse, call the operation or the query, render: one module a resource."""
