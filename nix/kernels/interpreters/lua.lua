-- Runs cells of Lua; kernel.py says how the two speak.

local requests = assert(io.open(arg[1], "rb"))
local replies = assert(io.open(arg[2], "wb"))
local mark = "\x1e\x04\x1e"
-- Without it a cell that is interrupted ends the interpreter.
local has_signals, signals = pcall(require, "posix.signal")
local gets, read_file, exit = io.read, io.stdin, os.exit
arg = nil

local function reply(kind, text, argument)
  replies:write(("%s %s %d\n"):format(kind, argument or "-", #text), text)
  replies:flush()
end

local function request()
  local line = requests:read("L")
  if not line then exit(0) end
  local kind, length = line:match("^(%S+) %S+ (%d+)")
  -- Nothing to read is nothing, and not the end.
  return kind, tonumber(length) > 0 and requests:read(tonumber(length)) or ""
end

local function done()
  for _, output in ipairs { io.stdout, io.stderr } do
    pcall(output.write, output, mark)
    pcall(output.flush, output)
  end
  reply("done", "")
end

-- The user's words are standard input.
local function answer(format)
  io.stdout:flush()
  reply("ask", "")
  local _, text = request()
  if text == "" then return nil end
  format = tostring(format or "l"):gsub("^%*", ""):sub(1, 1)
  if format == "n" then return tonumber(text) end
  return format == "l" and text:gsub("\n$", "") or text
end

function io.read(format, ...)
  if io.input() ~= read_file then return gets(format, ...) end
  return (answer(format))
end

function io.lines(name, ...)
  if name then return io.open(name):lines(...) end
  return function() return (answer("l")) end
end

local function interruptible(how)
  if has_signals then signals.signal(signals.SIGINT, how or signals.SIG_IGN) end
end

-- An expression has a value.
local function compile(code)
  local chunk = load("return " .. code, "=cell")
  if chunk then return chunk end
  return load(code, "=cell")
end

local function trace(message)
  local text = type(message) == "string" and message or tostring(message)
  local lines = {}
  for line in debug.traceback("", 2):gmatch("[^\n]+") do
    if line:find("'xpcall'", 1, true) then break end
    lines[#lines + 1] = line
  end
  return { text = text, trace = table.concat(lines, "\n") }
end

local function execute(code)
  local chunk, wrong = compile(code)
  if not chunk then return reply("error", "SyntaxError\n" .. wrong) end
  interruptible(function() error("interrupted", 0) end)
  local results = table.pack(xpcall(chunk, trace))
  interruptible()
  if not results[1] then
    reply("error", (results[2].text == "interrupted" and "Interrupted" or "Error") .. "\n" .. results[2].text)
    return reply("trace", results[2].trace)
  end
  local texts = {}
  for n = 2, results.n do texts[n - 1] = tostring(results[n]) end
  if results.n > 1 and not (results.n == 2 and results[2] == nil) then reply("result", table.concat(texts, "\t")) end
end

local function check(code)
  local chunk, wrong = compile(code)
  if chunk then return "complete" end
  return wrong:find("near <eof>", 1, true) and "incomplete" or "invalid"
end

-- The value of names with points and colons between them.
local function value(path)
  local found = _G
  for name in path:gmatch("[%w_]+") do
    local meta = getmetatable(found)
    if type(found) ~= "table" then found = meta and type(meta.__index) == "table" and meta.__index or {} end
    found = found[name]
  end
  return found
end

local function matches(word)
  local before, name = word:match("^(.-)([%w_]*)$")
  local found = {}
  local owner = value(before)
  local index = (getmetatable(owner) or {}).__index
  for _, each in ipairs { owner, index } do
    if type(each) == "table" then
      for key in pairs(each) do
        if type(key) == "string" and key:sub(1, #name) == name then found[#found + 1] = before .. key end
      end
    end
  end
  return table.concat(found, "\n")
end

local function inspect(word)
  local found = value(word)
  if found == nil then return "" end
  local text = ("%s: %s"):format(word, tostring(found))
  if type(found) == "function" then
    local about = debug.getinfo(found, "Su")
    text = ("%s\n%d parameters%s, %s"):format(
      text, about.nparams, about.isvararg and " and more" or "", about.what == "C" and "of Lua itself" or about.short_src)
  end
  return text
end

-- What Jupyter shows instead of text.
function display(data, type)
  reply("display", tostring(data), type or "text/html")
end

io.stdout:setvbuf("line")
interruptible()
reply("version", (_VERSION:match("%d.*")))
done()
while true do
  local kind, text = request()
  if kind == "execute" then execute(text)
  elseif kind == "check" then reply("status", check(text))
  elseif kind == "complete" then reply("match", matches(text))
  elseif kind == "inspect" then reply("text", inspect(text))
  end
  done()
end
