-- Writes all that wrk counted to `result_file`, as JSON, when wrk ends.

-- wrk's statistics are read as they lie in its memory (src/stats.h of wrk 4): through its own latency(i) the time grows with
-- the square of how many different values there are. Where they don't lie so, latency(i) is the way.
local function each_value(latency, visit)
  if #latency == 0 then return end
  local ok, ffi = pcall(require, "ffi")
  if ok then
    ffi.cdef("typedef struct { uint64_t count, limit, min, max; uint64_t data[1]; } gatebench_stats;")
    local stats = ffi.cast("gatebench_stats **", latency)[0]
    local min, max, limit = tonumber(stats.min), tonumber(stats.max), tonumber(stats.limit)
    if min == latency.min and max == latency.max and max < limit then
      for value = min, max do
        local count = tonumber(stats.data[value])
        if count > 0 then visit(value, count) end
      end
      return
    end
  end
  for i = 1, #latency do visit(latency(i)) end
end

function done(summary, latency, requests)
  local out = assert(io.open(result_file .. ".partial", "w"))
  out:write(string.format('{"requests":%.0f,"durationUs":%.0f,"bytes":%.0f,', summary.requests, summary.duration, summary.bytes))
  local errors = summary.errors
  out:write(string.format('"errors":{"connect":%.0f,"read":%.0f,"write":%.0f,"status":%.0f,"timeout":%.0f},',
    errors.connect, errors.read, errors.write, errors.status, errors.timeout))
  local separator = '"latency":['
  each_value(latency, function(value, count)
    out:write(separator, string.format("[%.0f,%.0f]", value, count))
    separator = ","
  end)
  if separator ~= "," then out:write(separator) end
  out:write('],"answers":')
  -- count-responses.lua
  if write_responses then write_responses(out) else out:write('null') end
  out:write('}')
  out:close()
  assert(os.rename(result_file .. ".partial", result_file))
end
