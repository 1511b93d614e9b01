-- Counts every response by its status and its body without ids and numbers, and keeps the first body of every kind. This
-- costs wrk more than the requests themselves, so a measured window goes without it.

-- Kinds of responses of which a body is kept.
local MAX_KINDS = 64

local threads = {}
function setup(thread) table.insert(threads, thread) end

-- Globals: done() asks each thread for them.
counts, bodies, kinds, others = {}, {}, 0, 0
function response(status, headers, body)
  local shape = body:gsub('("[%w_%-]*id":%s*)"[^"\\]*"', '%1""'):gsub('("system_fingerprint":%s*)"[^"\\]*"', '%1""'):gsub("%d+", "0")
  local kind = status .. " " .. shape
  if counts[kind] then
    counts[kind] = counts[kind] + 1
  elseif kinds < MAX_KINDS then
    kinds = kinds + 1
    counts[kind] = 1
    bodies[kind] = body:gsub(".", function(byte) return string.format("%02x", byte:byte()) end)
  else
    others = others + 1
  end
end

function write_responses(out)
  local separator = '{"kinds":['
  local rest = 0
  for _, thread in ipairs(threads) do
    rest = rest + thread:get("others")
    local bodies = thread:get("bodies")
    for kind, count in pairs(thread:get("counts")) do
      out:write(separator, string.format('{"status":%d,"count":%.0f,"bodyHex":"%s"}', tonumber(kind:match("^%d+")), count, bodies[kind]))
      separator = ","
    end
  end
  if separator ~= "," then out:write(separator) end
  out:write('],"others":', string.format("%.0f", rest), '}')
end
