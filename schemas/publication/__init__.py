"""Makes the published documents out of the models: JSON Schemas, AsyncAPI, OpenAPI components."""
