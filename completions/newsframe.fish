# SPDX-License-Identifier: GPL-3.0-or-later
# Made by tools/gen_docs.sh from the option rows in cli/; edit those.
complete -c newsframe -n __fish_use_subcommand -f -a columns -d 'say what the columns of the tables mean'
complete -c newsframe -n __fish_use_subcommand -f -a help -d 'print the help of a verb'
complete -c newsframe -n '__fish_seen_subcommand_from columns' -l output -s o -r -F -d 'write the table to FILE, replaced at once when all is done'
complete -c newsframe -n '__fish_seen_subcommand_from columns' -l excel -f -a 'no us eu' -d 'write CSV for spreadsheets'
complete -c newsframe -n '__fish_seen_subcommand_from columns' -l quiet -s q -f -d 'print nothing but warnings and errors'
complete -c newsframe -n '__fish_seen_subcommand_from columns' -l verbose -s v -f -d 'say more about what is done'
complete -c newsframe -n '__fish_seen_subcommand_from columns' -l help -s h -f -d 'print this help'
complete -c newsframe -n '__fish_seen_subcommand_from columns' -l usage -f -d 'print a short usage'
complete -c newsframe -n '__fish_seen_subcommand_from columns' -l version -s V -f -d 'print the version and how it was built'
