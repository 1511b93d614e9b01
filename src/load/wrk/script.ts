import type { LoadSpec } from '../engine.js';

/** Kinds of answers, by status and length of the body, of which one is kept to be looked at. */
const KINDS = 64;

/**
 * The Lua script of a run: the one request, and at the end all that wrk counted, as JSON in a file.
 *
 * With `everyAnswer`, each answer is counted by its status and length, and the first body of every kind is kept. That
 * costs wrk about as much as the requests themselves, so a measured window goes without.
 *
 * wrk's statistics are read as they lie in its memory (src/stats.h of wrk 4): through its own `latency(i)` the time
 * grows with the square of how many different values there are. Where they don't lie so, that is the way.
 * @param resultFile absolute
 */
export function wrkScript(spec: LoadSpec, resultFile: string, everyAnswer: boolean): string {
  const headers = Object.entries(spec.headers).map(([name, value]) => `wrk.headers[${lua(name)}] = ${lua(value)}`);
  return [
    `wrk.method = "POST"`,
    ...headers,
    `wrk.body = ${lua(spec.body)}`,
    `local result_file = ${lua(resultFile)}`,
    everyAnswer ? COUNT_ANSWERS : NO_ANSWERS,
    WRITE_RESULT,
  ].join('\n');
}

/** A Lua string: every byte that isn't plain as its number. */
export function lua(text: string): string {
  const bytes = [...Buffer.from(text, 'utf8')];
  return `"${bytes.map((byte) => (isPlain(byte) ? String.fromCharCode(byte) : `\\${String(byte).padStart(3, '0')}`)).join('')}"`;
}

function isPlain(byte: number): boolean {
  return byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c;
}

const NO_ANSWERS = `
local function write_answers(out)
  out:write('null')
end`;

const COUNT_ANSWERS = `
local threads = {}
function setup(thread) table.insert(threads, thread) end

-- Globals: done() asks each thread for them.
counts, bodies, kinds, others = {}, {}, 0, 0
function response(status, headers, body)
  local kind = status .. " " .. #body
  if counts[kind] then
    counts[kind] = counts[kind] + 1
  elseif kinds < ${KINDS} then
    kinds = kinds + 1
    counts[kind] = 1
    bodies[kind] = body:gsub(".", function(byte) return string.format("%02x", byte:byte()) end)
  else
    others = others + 1
  end
end

local function write_answers(out)
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
end`;

const WRITE_RESULT = `
local function each_value(latency, tell)
  if #latency == 0 then return end
  local ok, ffi = pcall(require, "ffi")
  if ok then
    ffi.cdef("typedef struct { uint64_t count, limit, min, max; uint64_t data[1]; } gatebench_stats;")
    local stats = ffi.cast("gatebench_stats **", latency)[0]
    local min, max, limit = tonumber(stats.min), tonumber(stats.max), tonumber(stats.limit)
    if min == latency.min and max == latency.max and max < limit then
      for value = min, max do
        local count = tonumber(stats.data[value])
        if count > 0 then tell(value, count) end
      end
      return
    end
  end
  for i = 1, #latency do tell(latency(i)) end
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
  write_answers(out)
  out:write('}')
  out:close()
  assert(os.rename(result_file .. ".partial", result_file))
end
`;
