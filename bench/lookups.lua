-- wrk -s lookups.lua URL -- PREFIX SERIALS TOKENS: one serial number after another, in any order.
-- Each thread asks with a token of its own, as programs of different partners would.
local thread_count = 0
function setup(thread)
  thread:set("number", thread_count)
  thread_count = thread_count + 1
end

local serials, prefix, headers = {}, "", {}
function init(args)
  prefix = args[1]
  for line in io.lines(args[2]) do serials[#serials + 1] = line end
  local tokens = {}
  for token in (args[3] or ""):gmatch("[^,]+") do tokens[#tokens + 1] = token end
  if #tokens > 0 then headers["Authorization"] = "Bearer " .. tokens[number % #tokens + 1] end
  math.randomseed(90 + number)
end

function request()
  return wrk.format("GET", prefix .. serials[math.random(#serials)], headers)
end

function done(summary, latency)
  local errors = summary.errors.status + summary.errors.timeout
    + summary.errors.read + summary.errors.connect
  io.write(string.format('{"per_second": %.1f, "p95_ms": %.2f, "count": %d, "errors": %d}\n',
    summary.requests / summary.duration * 1e6, latency:percentile(95) / 1000,
    summary.requests, errors))
end
