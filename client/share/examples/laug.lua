-- SPDX-License-Identifier: MIT
-- Laug in neovim (0.7 or newer), in one file: put it into ~/.config/nvim/plugin/ and type :Laug.
--
-- It shows what is mine, a line each. On a line: a gives the answer that it waits for, x declines; o offers a turn to somebody
-- or to all, s swaps it against another; r reads anew, q closes. Neovim speaks Laug's protocol itself, so a call is
-- rpcrequest(channel, 'turn.offer', {id = …}) and nothing more. Only the feed of events is beyond it, since its rpc
-- knows no notifications but its own.
--
-- What comes from the service is shown with nvim_buf_set_lines, vim.notify and vim.ui, and never becomes part of a
-- command: a rotation may be called "| !rm -rf ~".

local path = vim.env.LAUG_SOCKET or '/run/laug/laug.sock'
local channel
local buffer = -1
local items = {} -- line number: what stands there

-- ---- talking to the service --------------------------------------------------------------------------------

local function tell(text)
    vim.notify('Laug: ' .. text, vim.log.levels.WARN)
end

-- A failed call is told in the service's own sentence. Of "…:\nconflict id: the turn has begun" that is the last part.
local function sentence(failure)
    return (tostring(failure):match('[^\n]*$'):gsub('^%l[%l_]* ?[%w_.%[%]]*: ', ''))
end

local function call(method, parameters)
    local ok, answer = pcall(vim.rpcrequest, channel, method, parameters or vim.empty_dict())
    if ok then
        return answer
    end
    tell(sentence(answer))
end

-- A connection that the service has closed cannot be told from one that is open, and a new one costs nothing.
local function connect()
    if channel then
        pcall(vim.fn.chanclose, channel)
    end
    local ok, opened = pcall(vim.fn.sockconnect, 'pipe', path, { rpc = true })
    channel = ok and opened ~= 0 and opened or nil
    if not channel then
        tell('the service is not there (' .. path .. ')')
        return false
    end
    local is_danish = (vim.env.LANG or ''):match('^da')
    local hello = call('service.hello', { language = is_danish and 'danish' or 'english' })
    if hello and not hello.person then
        tell('the service does not know you; an admin tells it: laug person change ID --login ' .. (vim.env.USER or '?'))
    end
    return hello and hello.person
end

-- ---- what is mine ------------------------------------------------------------------------------------------

-- A line of a buffer takes no line break. Other controls, also those that turn letters round, neovim shows as numbers.
local function plain(text)
    return (text:gsub('%c', ' '))
end

local function show()
    local mine = connect() and call('mine.show')
    if not mine then
        return
    end
    local lines, last = { plain(mine.name) .. '   a answer, x decline, o offer, s swap, r read anew, q close' }, nil
    items = {}
    for _, item in ipairs(mine.items) do
        if (item.kind == 'answer') ~= last then
            lines[#lines + 1] = ''
            last = item.kind == 'answer'
        end
        local mark = item.kind == 'answer' and '? ' or '  '
        lines[#lines + 1] = mark .. plain(item.when and item.when .. '  ' .. item.title or item.title)
        items[#lines] = item
    end
    vim.bo[buffer].modifiable = true
    vim.api.nvim_buf_set_lines(buffer, 0, -1, false, lines)
    vim.bo[buffer].modifiable = false
end

-- ---- what a key does ---------------------------------------------------------------------------------------

-- Does a call, and shows what has come of it.
local function act(method, parameters)
    if call(method, parameters) then
        show()
    end
end

local function under_cursor(kind)
    local item = items[vim.api.nvim_win_get_cursor(0)[1]]
    if item and item.kind == kind then
        return item
    end
    tell('there is nothing here for this key')
end

-- The answer is the command that stands with the line: "laug turn accept showcase-8" is turn.accept of showcase-8.
local function answer(verb)
    local item = under_cursor('answer')
    if not item then
        return
    end
    local thing, usual, id = item.command:match('^laug (%l+) (%l+) ([%w_.-]+)$')
    if thing and (not verb or usual == 'accept') then
        act(thing .. '.' .. (verb or usual), { id = id })
    else
        tell('this is answered with: ' .. item.command)
    end
end

local function offer()
    local item = under_cursor('turn')
    if item then
        vim.ui.input({ prompt = 'Offer ' .. item.subject .. ' to whom (nobody: all are asked in turn)? ' }, function(to)
            if to then
                act('turn.offer', { id = item.subject, to = to:match('%S+') })
            end
        end)
    end
end

-- Against one of the turns of others in the same rotation.
local function swap()
    local item = under_cursor('turn')
    local mine = item and call('turn.show', { id = item.subject })
    local turns = mine and call('rotation.turns', { rotation = mine.rotation })
    if not turns then
        return
    end
    local others = vim.tbl_filter(function(turn)
        return turn.published and turn.state == 'planned' and turn.member ~= mine.member
    end, turns.items)
    vim.ui.select(others, {
        prompt = 'Swap ' .. item.subject .. ' against',
        format_item = function(turn)
            return turn['local']:gsub('T', ' ') .. '  ' .. turn.member .. '  ' .. turn.id
        end,
    }, function(turn)
        if turn then
            act('turn.offer', { id = item.subject, to = turn.member, against = turn.id })
        end
    end)
end

local keys = {
    a = function() answer() end,
    x = function() answer('decline') end,
    o = offer,
    s = swap,
    r = show,
    q = function() vim.api.nvim_win_close(0, true) end,
}

local function open()
    if not vim.api.nvim_buf_is_valid(buffer) then
        buffer = vim.api.nvim_create_buf(false, true) -- not listed, never written
        vim.bo[buffer].bufhidden = 'wipe'
        vim.bo[buffer].modifiable = false
        for key, action in pairs(keys) do
            vim.keymap.set('n', key, action, { buffer = buffer, nowait = true })
        end
        vim.cmd('botright 15split')
        vim.api.nvim_win_set_buf(0, buffer)
    end
    show()
end

vim.api.nvim_create_user_command('Laug', open, { desc = 'What is mine in Laug' })
