--[[
Remove objects from darktable's photos with Lacuna.

Installation: copy this file to the folder lua inside darktable's configuration (on Linux
~/.config/darktable/lua) and add the line  require "lacuna"  to the file luarc beside that folder.

Use: select photos in the lighttable and press "remove objects (Lacuna)" in the module "actions on
selection"; each is exported as 16-bit TIFF beside the original, opened in Lacuna, and once you have
saved and closed it there, imported and grouped with the original. If you close without saving,
nothing stays. For another format or profile, export with the storage "Lacuna" instead.

The original is never written to. MIT licence, as Lacuna itself.
]]

local dt = require "darktable"

local NAME = "lacuna"
local LABELS = { "red", "yellow", "green", "blue", "purple" }
local TEXTS = { "creator", "publisher", "title", "description", "rights", "rating" }

local this = {}

-- Return the whole file at `path`, nil if there is none.
local function contents(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local data = file:read("a")
  file:close()
  return data
end

-- Return `text` as one word of the system's shell.
function this.quoted(text)
  if dt.configuration.running_os == "windows" then return '"' .. text .. '"' end
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

-- Return a path beside `image` that is not taken yet, with the file ending `ending`.
function this.free_path(image, ending)
  local stem = image.filename:gsub("%.[^.]*$", "")
  for number = 1, 9999 do
    local tail = number == 1 and "-lacuna" or "-lacuna-" .. number
    local path = image.path .. "/" .. stem .. tail .. ending
    if not contents(path) then return path end
  end
  error("too many files named after " .. stem)
end

-- Run `lacuna edit path` and wait; return its exit code. darktable stays usable meanwhile.
local function call(path)
  local program = dt.preferences.read(NAME, "program", "string")
  if program == "" then program = "lacuna" end
  local command = this.quoted(program) .. " edit " .. this.quoted(path)
  if dt.configuration.running_os == "windows" then command = '"' .. command .. '"' end
  return dt.control.execute(command)
end

-- Give `copy` what is known about `image`.
local function describe(copy, image)
  for _, field in ipairs(TEXTS) do copy[field] = image[field] end
  for _, label in ipairs(LABELS) do copy[label] = image[label] end
  for _, tag in ipairs(dt.tags.get_tags(image)) do
    if not tag.name:match("^darktable|") then dt.tags.attach(tag, copy) end
  end
end

-- Let the user edit the exported file at `path`; import it if it was changed, remove it otherwise.
-- Returns the imported image, nil if there is none.
function this.edit(image, path)
  local before = contents(path)
  if not before then
    dt.print("Lacuna: exporting " .. image.filename .. " failed")
    return nil
  end
  dt.print("Lacuna: editing " .. image.filename)
  local code = call(path)
  if code ~= 0 then
    dt.print("Lacuna: nothing was imported; lacuna edit ended with code " .. code)
    dt.print_error("lacuna edit " .. path .. " ended with code " .. code)
  end
  if contents(path) == before then
    os.remove(path)
    return nil
  end
  local copy = dt.database.import(path)
  if type(copy) == "table" then copy = copy[1] end
  if copy then
    describe(copy, image)
    copy:group_with(image)
    dt.print("Lacuna: imported " .. copy.filename)
  end
  return copy
end

-- Export each of `images` as 16-bit TIFF and let the user edit it.
function this.edit_all(images)
  local copies = {}
  for _, image in ipairs(images) do
    local path = this.free_path(image, ".tif")
    local format = dt.new_format("tiff")
    format.bpp = 16
    dt.print("Lacuna: exporting " .. image.filename)
    format:write_image(image, path, false)
    table.insert(copies, this.edit(image, path))
  end
  return copies
end

-- Take the files of darktable's own export, which may be of any format and profile.
local function finish_export(_, exported)
  for image, file in pairs(exported) do
    local path = this.free_path(image, file:match("%.[^.]*$") or ".tif")
    if dt.configuration.running_os == "windows" then
      dt.control.execute('"move ' .. this.quoted(file) .. " " .. this.quoted(path) .. '"')
    else
      dt.control.execute("mv -- " .. this.quoted(file) .. " " .. this.quoted(path))
    end
    this.edit(image, path)
  end
end

dt.preferences.register(NAME, "program", "string", "Lacuna: program",
  "what to call; needed only if lacuna is not in PATH", "lacuna")

dt.register_storage(NAME, "Lacuna", nil, finish_export)

if dt.gui and dt.gui.libs and dt.gui.libs.image then
  dt.gui.libs.image.register_action(NAME, "remove objects (Lacuna)",
    function(_, images) this.edit_all(images) end,
    "export as 16-bit TIFF, open in Lacuna, import what is saved there")
  dt.register_event(NAME, "shortcut",
    function() this.edit_all(dt.gui.action_images) end, "remove objects (Lacuna)")
end

return this
