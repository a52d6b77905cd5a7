/* SPDX-License-Identifier: GPL-3.0-or-later */
/* complete.c - shell completions for bash, zsh and fish, from the same rows as the parser. */
#include "cli/opt.h"

#include <string.h>

/* Text inside single quotes of a shell; zsh also wants its own separators escaped. */
static void put_quoted(nfi_buf *b, const char *s, const char *escaped)
{
    for (; *s; s++) {
        if (*s == '\'') {
            nfi_buf_puts(b, "'\\''");
            continue;
        }
        if (strchr(escaped, *s))
            nfi_buf_putc(b, '\\');
        nfi_buf_putc(b, *s);
    }
}

static void put_names(nfi_buf *b, const nfi_opt *row)
{
    const char *name;

    for (size_t i = 0; (name = row->names(i, NULL)) != NULL; i++) {
        if (i > 0)
            nfi_buf_putc(b, ' ');
        nfi_buf_puts(b, name);
    }
}

static void put_verbs(nfi_buf *b)
{
    for (size_t i = 0; nfi_verbs[i]; i++) {
        nfi_buf_puts(b, nfi_verbs[i]->name);
        nfi_buf_putc(b, ' ');
    }
    nfi_buf_puts(b, "help");
}

#define MADE "# SPDX-License-Identifier: GPL-3.0-or-later\n# Made by tools/gen_docs.sh from the option rows in cli/; edit those.\n"

/* ---- bash ---- */

static void bash_words(nfi_buf *b, const nfi_opt *rows)
{
    for (const nfi_opt *r = rows; r->type != NFI_OPT_END; r++) {
        if (!nfi_opt_shown(r))
            continue;
        nfi_buf_puts(b, " --");
        nfi_buf_puts(b, r->name);
        if (r->type != NFI_OPT_FLAG && !r->implied)
            nfi_buf_putc(b, '=');
    }
}

/* case patterns "verb,--name": what may follow; files where nothing is said. */
static void bash_values(nfi_buf *b, const nfi_verb *verb)
{
    for (const nfi_opt *r = verb->opts; r->type != NFI_OPT_END; r++) {
        if (!nfi_opt_shown(r) || r->type == NFI_OPT_FLAG || r->type == NFI_OPT_FILE)
            continue;
        nfi_buf_puts(b, "    ");
        nfi_buf_puts(b, verb->name);
        nfi_buf_puts(b, ",--");
        nfi_buf_puts(b, r->name);
        if (r->key) {
            nfi_buf_puts(b, "|");
            nfi_buf_puts(b, verb->name);
            nfi_buf_puts(b, ",-");
            nfi_buf_putc(b, (char)r->key);
        }
        nfi_buf_puts(b, ") values='");
        if (r->names)
            put_names(b, r);
        nfi_buf_puts(b, "' ;;\n");
    }
}

static void bash(nfi_buf *b)
{
    nfi_buf_puts(b, MADE "_newsframe()\n{\n"
                         "  local verb=${COMP_WORDS[1]} cur=${COMP_WORDS[COMP_CWORD]} last=${COMP_WORDS[COMP_CWORD-1]} words='' values=-\n"
                         "  COMPREPLY=()\n"
                         "  if (( COMP_CWORD == 1 )); then\n    words='");
    put_verbs(b);
    nfi_buf_puts(b, " --help --version --usage'\n"
                    "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n    return\n  fi\n"
                    "  if [[ $verb == help ]]; then\n    words='");
    put_verbs(b);
    nfi_buf_puts(b, "'\n    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n    return\n  fi\n"
                    "  if [[ $cur == '=' ]]; then\n    cur=''\n"
                    "  elif [[ $last == '=' ]]; then\n    last=${COMP_WORDS[COMP_CWORD-2]}\n  fi\n"
                    "  case $verb,$last in\n");
    for (size_t i = 0; nfi_verbs[i]; i++)
        bash_values(b, nfi_verbs[i]);
    nfi_buf_puts(b, "  esac\n"
                    "  if [[ $values != - ]]; then\n    mapfile -t COMPREPLY < <(compgen -W \"$values\" -- \"$cur\")\n    return\n  fi\n"
                    "  case $verb in\n");
    for (size_t i = 0; nfi_verbs[i]; i++) {
        nfi_buf_puts(b, "    ");
        nfi_buf_puts(b, nfi_verbs[i]->name);
        nfi_buf_puts(b, ") words='");
        bash_words(b, nfi_verbs[i]->opts);
        bash_words(b, nfi_std_opts);
        nfi_buf_puts(b, "' ;;\n");
    }
    nfi_buf_puts(b, "  esac\n"
                    "  if [[ $cur == -* ]]; then\n"
                    "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
                    "    [[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace\n"
                    "  else\n"
                    "    compopt -o filenames\n"
                    "    mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
                    "  fi\n}\ncomplete -F _newsframe newsframe\n");
}

/* ---- zsh ---- */

static void zsh_value(nfi_buf *b, const nfi_opt *r)
{
    if (r->type == NFI_OPT_FLAG)
        return;
    nfi_buf_puts(b, r->implied ? "::" : ":");
    put_quoted(b, r->arg, ":[]");
    nfi_buf_putc(b, ':');
    if (r->type == NFI_OPT_FILE)
        nfi_buf_puts(b, "_files");
    if (r->names) {
        nfi_buf_putc(b, '(');
        put_names(b, r);
        nfi_buf_putc(b, ')');
    }
}

static void zsh_rows(nfi_buf *b, const nfi_opt *rows)
{
    for (const nfi_opt *r = rows; r->type != NFI_OPT_END; r++) {
        if (!nfi_opt_shown(r))
            continue;
        for (int letter = 0; letter < (r->key ? 2 : 1); letter++) {
            nfi_buf_puts(b, letter ? "        '-" : "        '--");
            if (letter)
                nfi_buf_putc(b, (char)r->key);
            else
                nfi_buf_puts(b, r->name);
            if (r->type != NFI_OPT_FLAG)
                nfi_buf_puts(b, r->implied ? (letter ? "-" : "=-") : (letter ? "+" : "="));
            nfi_buf_putc(b, '[');
            put_quoted(b, r->help, ":[]");
            nfi_buf_putc(b, ']');
            zsh_value(b, r);
            nfi_buf_puts(b, "' \\\n");
        }
    }
}

static void zsh(nfi_buf *b)
{
    nfi_buf_puts(b, "#compdef newsframe\n" MADE "_newsframe()\n{\n  local -a verbs\n  verbs=(\n");
    for (size_t i = 0; nfi_verbs[i]; i++) {
        nfi_buf_puts(b, "    '");
        nfi_buf_puts(b, nfi_verbs[i]->name);
        nfi_buf_putc(b, ':');
        put_quoted(b, nfi_verbs[i]->summary, ":");
        nfi_buf_puts(b, "'\n");
    }
    nfi_buf_puts(b, "    'help:print the help of a verb'\n  )\n"
                    "  if (( CURRENT == 2 )); then\n    _describe verb verbs\n    return\n  fi\n"
                    "  local verb=$words[2]\n  shift words\n  (( CURRENT-- ))\n  case $verb in\n"
                    "    help) _describe verb verbs ;;\n");
    for (size_t i = 0; nfi_verbs[i]; i++) {
        nfi_buf_puts(b, "    ");
        nfi_buf_puts(b, nfi_verbs[i]->name);
        nfi_buf_puts(b, ")\n      _arguments -s \\\n");
        zsh_rows(b, nfi_verbs[i]->opts);
        zsh_rows(b, nfi_std_opts);
        nfi_buf_puts(b, "        '*:operand:_files' ;;\n");
    }
    nfi_buf_puts(b, "  esac\n}\n_newsframe \"$@\"\n");
}

/* ---- fish ---- */

static void fish_rows(nfi_buf *b, const char *verb, const nfi_opt *rows)
{
    for (const nfi_opt *r = rows; r->type != NFI_OPT_END; r++) {
        if (!nfi_opt_shown(r))
            continue;
        nfi_buf_puts(b, "complete -c newsframe -n '__fish_seen_subcommand_from ");
        nfi_buf_puts(b, verb);
        nfi_buf_puts(b, "' -l ");
        nfi_buf_puts(b, r->name);
        if (r->key) {
            nfi_buf_puts(b, " -s ");
            nfi_buf_putc(b, (char)r->key);
        }
        if (r->type == NFI_OPT_FILE)
            nfi_buf_puts(b, " -r -F");
        else
            nfi_buf_puts(b, r->type == NFI_OPT_FLAG || r->implied ? " -f" : " -x");
        if (r->names) {
            nfi_buf_puts(b, " -a '");
            put_names(b, r);
            nfi_buf_puts(b, "'");
        }
        nfi_buf_puts(b, " -d '");
        put_quoted(b, r->help, "\\");
        nfi_buf_puts(b, "'\n");
    }
}

static void fish(nfi_buf *b)
{
    nfi_buf_puts(b, MADE);
    for (size_t i = 0; nfi_verbs[i]; i++) {
        nfi_buf_puts(b, "complete -c newsframe -n __fish_use_subcommand -f -a ");
        nfi_buf_puts(b, nfi_verbs[i]->name);
        nfi_buf_puts(b, " -d '");
        put_quoted(b, nfi_verbs[i]->summary, "\\");
        nfi_buf_puts(b, "'\n");
    }
    nfi_buf_puts(b, "complete -c newsframe -n __fish_use_subcommand -f -a help -d 'print the help of a verb'\n");
    for (size_t i = 0; nfi_verbs[i]; i++) {
        fish_rows(b, nfi_verbs[i]->name, nfi_verbs[i]->opts);
        fish_rows(b, nfi_verbs[i]->name, nfi_std_opts);
    }
}

bool nfi_dump_completion(nfi_buf *b, const char *shell)
{
    static const struct {
        const char *name;
        void (*write)(nfi_buf *b);
    } shells[] = {{"bash", bash}, {"zsh", zsh}, {"fish", fish}};

    for (size_t i = 0; i < sizeof shells / sizeof *shells; i++)
        if (strcmp(shells[i].name, shell) == 0) {
            shells[i].write(b);
            return true;
        }
    return false;
}
