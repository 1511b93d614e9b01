-- Loaded by Kong's master before its workers start, in cells that perf profiles. It handles no phase of any request.
require("perf-map")

return { PRIORITY = 1, VERSION = "1.0.0" }
