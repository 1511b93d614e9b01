-- Names what LuaJIT compiles for perf: a line in /tmp/perf-PID.map for each trace, `lua::FUNCTION:FILE:LINE`, of the
-- function that the trace begins in. Costs a line of text per trace, and nothing once the code is warm.
--
--   require("perf-map")   in init_by_lua, init_worker_by_lua, or with `luajit -lperf-map`
--
-- LuaJIT can write such a map itself, but only if it was built for that (LUAJIT_USE_PERFTOOLS), and without function names.

local ffi = require("ffi")
local jit = require("jit")
local util = require("jit.util")

local getinfo, format = debug.getinfo, string.format

-- Others may have declared it.
pcall(ffi.cdef, "int getpid(void);")

-- The lines of all traces, by number: a worker inherits those that its master compiled.
local lines = {}
-- The function of the trace that is being recorded. There is one at a time.
local recorded = nil
-- A function's first name: callers may each have their own.
local names = {}
local map, owner = nil, nil

local function place_of(func)
  local info = getinfo(func, "S")
  return info.source:gsub("^[@=]", ""):gsub("%s", " "), info.linedefined
end

-- Lua's functions have no names, but their callers call them something. The function that became hot is on the stack.
local function called(func)
  for level = 3, 8 do
    local info = getinfo(level, "fn")
    if not info then return "" end
    if info.func == func then return info.name or "" end
  end
  return ""
end

local function describe(func)
  local file, line = place_of(func)
  -- A chunk that was loaded from a string has its text for a name.
  if #file > 200 or file:find("\n", 1, true) then file = "(string)" end
  local place = file .. ":" .. line
  local name = names[place]
  if name == nil or name == "" then
    name = called(func):gsub("[^%w_]", "")
    names[place] = name
  end
  return format("lua::%s:%s", name, place)
end

-- After a fork the file belongs to the parent.
local function open()
  local pid = tonumber(ffi.C.getpid())
  if pid == owner then return map end
  owner = pid
  map = io.open(format("/tmp/perf-%d.map", pid), "w")
  if map then
    map:setvbuf("line")
    for _, line in pairs(lines) do map:write(line) end
  end
  return map
end

local function on_trace(what, number, func)
  if what == "start" then
    recorded = describe(func)
  elseif what == "stop" and recorded then
    local code, address = util.tracemc(number)
    if not code then return end
    local line = format("%x %x %s\n", address, #code, recorded)
    local file = open()
    -- Opening it has written the earlier ones.
    lines[number] = line
    if file then file:write(line) end
  elseif what == "flush" then
    -- All code is gone, and its memory is used again.
    lines = {}
    if map and owner == tonumber(ffi.C.getpid()) then map:close() end
    map, owner = nil, nil
  end
end

-- A function of this module would be on the stack of the recorder if it were compiled itself.
jit.off(true, true)
jit.attach(on_trace, "trace")

return true
