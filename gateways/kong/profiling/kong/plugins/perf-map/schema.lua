-- It is never put on a route, but Kong loads no plugin without a schema.
return {
  name = "perf-map",
  fields = {
    { config = { type = "record", fields = {} } },
  },
}
