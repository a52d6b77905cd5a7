# SPDX-License-Identifier: GPL-3.0-or-later
# Made by tools/gen_docs.sh from the option rows in cli/; edit those.
_newsframe()
{
  local verb=${COMP_WORDS[1]} cur=${COMP_WORDS[COMP_CWORD]} last=${COMP_WORDS[COMP_CWORD-1]} words='' values=-
  COMPREPLY=()
  if (( COMP_CWORD == 1 )); then
    words='columns help --help --version --usage'
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
    return
  fi
  if [[ $verb == help ]]; then
    words='columns help'
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
    return
  fi
  if [[ $cur == '=' ]]; then
    cur=''
  elif [[ $last == '=' ]]; then
    last=${COMP_WORDS[COMP_CWORD-2]}
  fi
  case $verb,$last in
    columns,--excel) values='no us eu' ;;
  esac
  if [[ $values != - ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$values" -- "$cur")
    return
  fi
  case $verb in
    columns) words=' --output= --excel --quiet --verbose --help --usage --version' ;;
  esac
  if [[ $cur == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
    [[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace
  else
    compopt -o filenames
    mapfile -t COMPREPLY < <(compgen -f -- "$cur")
  fi
}
complete -F _newsframe newsframe
