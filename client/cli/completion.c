/* SPDX-License-Identifier: MIT */
/*
 * The scripts that make bash, zsh and fish ask `laug complete`. What it answers has been chosen already, so
 * none of them chooses again.
 */
#include "commands.h"
#include "service.h"

#include <stdio.h>
#include <string.h>

static const char bash_script[] =
    "# laug in bash: put this into ~/.local/share/bash-completion/completions/laug, or\n"
    "#     source <(laug completion bash)\n"
    "_laug() {\n"
    "    local word\n"
    "    COMPREPLY=()\n"
    "    while IFS=$'\\t' read -r word _; do\n"
    "        COMPREPLY+=(\"$word\")\n"
    "    done < <(laug complete -- \"${COMP_WORDS[@]:1:COMP_CWORD}\" 2>/dev/null)\n"
    "}\n"
    "complete -o default -F _laug laug\n";

/* Called from $fpath the first time, the file itself is the function; else it only names it. */
static const char zsh_script[] =
    "#compdef laug\n"
    "# laug in zsh: put this into a folder of $fpath as _laug, or, behind compinit,\n"
    "#     source <(laug completion zsh)\n"
    "_laug() {\n"
    "    local line\n"
    "    local -a found\n"
    "    while IFS= read -r line; do\n"
    "        line=${line//:/\\\\:}\n"
    "        found+=(\"${line/$'\\t'/:}\")\n"
    "    done < <(laug complete -- \"${(@Q)words[2,CURRENT]}\" 2>/dev/null)\n"
    "    if (( $#found )); then\n"
    "        _describe laug found -U\n"
    "    else\n"
    "        _files\n"
    "    fi\n"
    "}\n"
    "if [[ ${funcstack[1]} == _laug ]]; then\n"
    "    _laug \"$@\"\n"
    "else\n"
    "    compdef _laug laug\n"
    "fi\n";

static const char fish_script[] =
    "# laug in fish: put this into ~/.config/fish/completions/laug.fish, or\n"
    "#     laug completion fish | source\n"
    "complete -c laug -f -a '(laug complete -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'\n";

int command_completion(char **words, int count, struct options *options)
{
    (void)options;
    struct error error;
    const char *script = count != 1                      ? NULL
                         : strcmp(words[0], "bash") == 0 ? bash_script
                         : strcmp(words[0], "zsh") == 0  ? zsh_script
                         : strcmp(words[0], "fish") == 0 ? fish_script
                                                         : NULL;
    if (!script) {
        fail(&error, INVALID, NULL,
             _("write: laug completion bash, laug completion zsh or laug completion fish"));
        return service_refuse(NULL, &error);
    }
    fputs(script, stdout);
    return 0;
}
