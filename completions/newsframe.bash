# SPDX-License-Identifier: GPL-3.0-or-later
# Made by tools/gen_docs.sh from the option rows in cli/; edit those.
_newsframe()
{
  local verb=${COMP_WORDS[1]} cur=${COMP_WORDS[COMP_CWORD]} last=${COMP_WORDS[COMP_CWORD-1]} words='' values=-
  COMPREPLY=()
  if (( COMP_CWORD == 1 )); then
    words='count train merge forget score explain evaluate crossval cluster dedup inspect terms clean convert features model columns help --help --version --usage'
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
    return
  fi
  if [[ $verb == help ]]; then
    words='count train merge forget score explain evaluate crossval cluster dedup inspect terms clean convert features model columns help'
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
    return
  fi
  if [[ $cur == '=' ]]; then
    cur=''
  elif [[ $last == '=' ]]; then
    last=${COMP_WORDS[COMP_CWORD-2]}
  fi
  case $verb,$last in
    count,--tokenizer) values='news sklearn' ;;
    count,--ngrams) values='' ;;
    count,--stopwords) values='' ;;
    count,--no-rule) values='' ;;
    count,--language) values='' ;;
    count,--weighting) values='tfidf tfidf-raw tf binary ltc sklearn' ;;
    count,--text) values='' ;;
    count,--id) values='' ;;
    count,--label) values='' ;;
    count,--date) values='' ;;
    count,--source) values='' ;;
    count,--title) values='' ;;
    count,--format) values='csv tsv jsonl doccano prodigy fasttext sgml html text folder' ;;
    count,--delimiter) values='' ;;
    count,--encoding) values='repair strict utf8-or-1252' ;;
    count,--markup) values='auto none html' ;;
    count,--max-document) values='' ;;
    count,--max-unpacked) values='' ;;
    count,--dup-ids) values='error suffix' ;;
    count,--label-columns) values='' ;;
    count,--threads) values='' ;;
    count,--memory) values='' ;;
    train,--tokenizer) values='news sklearn' ;;
    train,--ngrams) values='' ;;
    train,--stopwords) values='' ;;
    train,--no-rule) values='' ;;
    train,--language) values='' ;;
    train,--min-df) values='' ;;
    train,--max-df) values='' ;;
    train,--max-features) values='' ;;
    train,--classifier) values='cnb mnb wcnb mnb-length bnb centroid nbsvm svm logistic' ;;
    train,--weighting) values='tfidf tfidf-raw tf binary ltc sklearn' ;;
    train,--prior) values='' ;;
    train,--class-weight) values='' ;;
    train,--smoothing) values='' ;;
    train,--smoothing-kind) values='lidstone dirichlet witten-bell' ;;
    train,--cost) values='' ;;
    train,--calibration) values='power temperature bias none' ;;
    train,--seed-strength) values='' ;;
    train,--dup-threshold) values='' ;;
    train,--dup-window) values='' ;;
    train,--unlabeled) values='' ;;
    train,--unlabeled-weight) values='' ;;
    train,--text) values='' ;;
    train,--id) values='' ;;
    train,--label) values='' ;;
    train,--date) values='' ;;
    train,--source) values='' ;;
    train,--title) values='' ;;
    train,--format) values='csv tsv jsonl doccano prodigy fasttext sgml html text folder' ;;
    train,--delimiter) values='' ;;
    train,--encoding) values='repair strict utf8-or-1252' ;;
    train,--markup) values='auto none html' ;;
    train,--max-document) values='' ;;
    train,--max-unpacked) values='' ;;
    train,--dup-ids) values='error suffix' ;;
    train,--label-columns) values='' ;;
    train,--threads) values='' ;;
    train,--memory) values='' ;;
    train,--seed) values='' ;;
    forget,--text) values='' ;;
    forget,--id) values='' ;;
    forget,--label) values='' ;;
    forget,--date) values='' ;;
    forget,--source) values='' ;;
    forget,--title) values='' ;;
    forget,--format) values='csv tsv jsonl doccano prodigy fasttext sgml html text folder' ;;
    forget,--delimiter) values='' ;;
    forget,--encoding) values='repair strict utf8-or-1252' ;;
    forget,--markup) values='auto none html' ;;
    forget,--max-document) values='' ;;
    forget,--max-unpacked) values='' ;;
    forget,--dup-ids) values='error suffix' ;;
    forget,--label-columns) values='' ;;
    forget,--threads) values='' ;;
    forget,--memory) values='' ;;
    score,--threshold) values='' ;;
    score,--min-prob) values='' ;;
    score,--min-tokens) values='' ;;
    score,--language) values='' ;;
    score,--unit) values='document paragraph sentence' ;;
    score,--excel) values='no us eu' ;;
    score,--text) values='' ;;
    score,--id) values='' ;;
    score,--label) values='' ;;
    score,--date) values='' ;;
    score,--source) values='' ;;
    score,--title) values='' ;;
    score,--format) values='csv tsv jsonl doccano prodigy fasttext sgml html text folder' ;;
    score,--delimiter) values='' ;;
    score,--encoding) values='repair strict utf8-or-1252' ;;
    score,--markup) values='auto none html' ;;
    score,--max-document) values='' ;;
    score,--max-unpacked) values='' ;;
    score,--dup-ids) values='error suffix' ;;
    score,--threads) values='' ;;
    explain,--class) values='' ;;
    explain,--min-tokens) values='' ;;
    explain,--excel) values='no us eu' ;;
    explain,--top) values='' ;;
    explain,--text) values='' ;;
    explain,--id) values='' ;;
    explain,--label) values='' ;;
    explain,--date) values='' ;;
    explain,--source) values='' ;;
    explain,--title) values='' ;;
    explain,--format) values='csv tsv jsonl doccano prodigy fasttext sgml html text folder' ;;
    explain,--delimiter) values='' ;;
    explain,--encoding) values='repair strict utf8-or-1252' ;;
    explain,--markup) values='auto none html' ;;
    explain,--max-document) values='' ;;
    explain,--max-unpacked) values='' ;;
    explain,--dup-ids) values='error suffix' ;;
    explain,--threads) values='' ;;
    evaluate,--threshold) values='' ;;
    evaluate,--min-prob) values='' ;;
    evaluate,--min-tokens) values='' ;;
    evaluate,--language) values='' ;;
    evaluate,--min-accuracy) values='' ;;
    evaluate,--excel) values='no us eu' ;;
    evaluate,--text) values='' ;;
    evaluate,--id) values='' ;;
    evaluate,--label) values='' ;;
    evaluate,--date) values='' ;;
    evaluate,--source) values='' ;;
    evaluate,--title) values='' ;;
    evaluate,--format) values='csv tsv jsonl doccano prodigy fasttext sgml html text folder' ;;
    evaluate,--delimiter) values='' ;;
    evaluate,--encoding) values='repair strict utf8-or-1252' ;;
    evaluate,--markup) values='auto none html' ;;
    evaluate,--max-document) values='' ;;
    evaluate,--max-unpacked) values='' ;;
    evaluate,--dup-ids) values='error suffix' ;;
    evaluate,--label-columns) values='' ;;
    evaluate,--threads) values='' ;;
    crossval,--folds|crossval,-k) values='' ;;
    crossval,--min-accuracy) values='' ;;
    crossval,--dup-threshold) values='' ;;
    crossval,--dup-window) values='' ;;
    crossval,--excel) values='no us eu' ;;
    crossval,--tokenizer) values='news sklearn' ;;
    crossval,--ngrams) values='' ;;
    crossval,--stopwords) values='' ;;
    crossval,--no-rule) values='' ;;
    crossval,--language) values='' ;;
    crossval,--min-df) values='' ;;
    crossval,--max-df) values='' ;;
    crossval,--max-features) values='' ;;
    crossval,--classifier) values='cnb mnb wcnb mnb-length bnb centroid nbsvm svm logistic' ;;
    crossval,--weighting) values='tfidf tfidf-raw tf binary ltc sklearn' ;;
    crossval,--prior) values='' ;;
    crossval,--class-weight) values='' ;;
    crossval,--smoothing) values='' ;;
    crossval,--smoothing-kind) values='lidstone dirichlet witten-bell' ;;
    crossval,--cost) values='' ;;
    crossval,--calibration) values='power temperature bias none' ;;
    crossval,--seed-strength) values='' ;;
    crossval,--text) values='' ;;
    crossval,--id) values='' ;;
    crossval,--label) values='' ;;
    crossval,--date) values='' ;;
    crossval,--source) values='' ;;
    crossval,--title) values='' ;;
    crossval,--format) values='csv tsv jsonl doccano prodigy fasttext sgml html text folder' ;;
    crossval,--delimiter) values='' ;;
    crossval,--encoding) values='repair strict utf8-or-1252' ;;
    crossval,--markup) values='auto none html' ;;
    crossval,--max-document) values='' ;;
    crossval,--max-unpacked) values='' ;;
    crossval,--dup-ids) values='error suffix' ;;
    crossval,--label-columns) values='' ;;
    crossval,--threads) values='' ;;
    crossval,--memory) values='' ;;
    crossval,--seed) values='' ;;
    cluster,--k|cluster,-k) values='' ;;
    cluster,--restarts) values='' ;;
    cluster,--metric) values='spherical euclidean' ;;
    cluster,--init) values='k-means++ random' ;;
    cluster,--max-iter) values='' ;;
    cluster,--excel) values='no us eu' ;;
    cluster,--tokenizer) values='news sklearn' ;;
    cluster,--ngrams) values='' ;;
    cluster,--stopwords) values='' ;;
    cluster,--no-rule) values='' ;;
    cluster,--language) values='' ;;
    cluster,--min-df) values='' ;;
    cluster,--max-df) values='' ;;
    cluster,--max-features) values='' ;;
    cluster,--weighting) values='tfidf tfidf-raw tf binary ltc sklearn' ;;
    cluster,--dup-threshold) values='' ;;
    cluster,--dup-window) values='' ;;
    cluster,--text) values='' ;;
    cluster,--id) values='' ;;
    cluster,--label) values='' ;;
    cluster,--date) values='' ;;
    cluster,--source) values='' ;;
    cluster,--title) values='' ;;
    cluster,--format) values='csv tsv jsonl doccano prodigy fasttext sgml html text folder' ;;
    cluster,--delimiter) values='' ;;
    cluster,--encoding) values='repair strict utf8-or-1252' ;;
    cluster,--markup) values='auto none html' ;;
    cluster,--max-document) values='' ;;
    cluster,--max-unpacked) values='' ;;
    cluster,--dup-ids) values='error suffix' ;;
    cluster,--threads) values='' ;;
    cluster,--memory) values='' ;;
    cluster,--seed) values='' ;;
    dedup,--threshold) values='' ;;
    dedup,--window) values='' ;;
    dedup,--shingle) values='' ;;
    dedup,--date-order) values='auto dmy mdy' ;;
    dedup,--keep) values='all first' ;;
    dedup,--excel) values='no us eu' ;;
    dedup,--no-rule) values='' ;;
    dedup,--text) values='' ;;
    dedup,--id) values='' ;;
    dedup,--label) values='' ;;
    dedup,--date) values='' ;;
    dedup,--source) values='' ;;
    dedup,--title) values='' ;;
    dedup,--format) values='csv tsv jsonl doccano prodigy fasttext sgml html text folder' ;;
    dedup,--delimiter) values='' ;;
    dedup,--encoding) values='repair strict utf8-or-1252' ;;
    dedup,--markup) values='auto none html' ;;
    dedup,--max-document) values='' ;;
    dedup,--max-unpacked) values='' ;;
    dedup,--dup-ids) values='error suffix' ;;
    dedup,--threads) values='' ;;
    dedup,--memory) values='' ;;
    inspect,--tokenizer) values='news sklearn' ;;
    inspect,--text) values='' ;;
    inspect,--id) values='' ;;
    inspect,--label) values='' ;;
    inspect,--date) values='' ;;
    inspect,--source) values='' ;;
    inspect,--title) values='' ;;
    inspect,--format) values='csv tsv jsonl doccano prodigy fasttext sgml html text folder' ;;
    inspect,--delimiter) values='' ;;
    inspect,--encoding) values='repair strict utf8-or-1252' ;;
    inspect,--markup) values='auto none html' ;;
    inspect,--max-document) values='' ;;
    inspect,--max-unpacked) values='' ;;
    inspect,--dup-ids) values='error suffix' ;;
    inspect,--threads) values='' ;;
    terms,--class) values='' ;;
    terms,--top) values='' ;;
    terms,--excel) values='no us eu' ;;
    terms,--text) values='' ;;
    terms,--id) values='' ;;
    terms,--label) values='' ;;
    terms,--date) values='' ;;
    terms,--source) values='' ;;
    terms,--title) values='' ;;
    terms,--format) values='csv tsv jsonl doccano prodigy fasttext sgml html text folder' ;;
    terms,--delimiter) values='' ;;
    terms,--encoding) values='repair strict utf8-or-1252' ;;
    terms,--markup) values='auto none html' ;;
    terms,--max-document) values='' ;;
    terms,--max-unpacked) values='' ;;
    terms,--dup-ids) values='error suffix' ;;
    terms,--threads) values='' ;;
    clean,--rules) values='' ;;
    clean,--no-rule) values='' ;;
    clean,--excel) values='no us eu' ;;
    clean,--text) values='' ;;
    clean,--id) values='' ;;
    clean,--label) values='' ;;
    clean,--date) values='' ;;
    clean,--source) values='' ;;
    clean,--title) values='' ;;
    clean,--format) values='csv tsv jsonl doccano prodigy fasttext sgml html text folder' ;;
    clean,--delimiter) values='' ;;
    clean,--encoding) values='repair strict utf8-or-1252' ;;
    clean,--markup) values='auto none html' ;;
    clean,--max-document) values='' ;;
    clean,--max-unpacked) values='' ;;
    clean,--dup-ids) values='error suffix' ;;
    convert,--to) values='csv tsv jsonl fasttext svmlight mtx' ;;
    convert,--excel) values='no us eu' ;;
    convert,--text) values='' ;;
    convert,--id) values='' ;;
    convert,--label) values='' ;;
    convert,--date) values='' ;;
    convert,--source) values='' ;;
    convert,--title) values='' ;;
    convert,--format) values='csv tsv jsonl doccano prodigy fasttext sgml html text folder' ;;
    convert,--delimiter) values='' ;;
    convert,--encoding) values='repair strict utf8-or-1252' ;;
    convert,--markup) values='auto none html' ;;
    convert,--max-document) values='' ;;
    convert,--max-unpacked) values='' ;;
    convert,--dup-ids) values='error suffix' ;;
    convert,--threads) values='' ;;
    features,--to) values='csv tsv jsonl fasttext svmlight mtx' ;;
    features,--excel) values='no us eu' ;;
    features,--tokenizer) values='news sklearn' ;;
    features,--ngrams) values='' ;;
    features,--stopwords) values='' ;;
    features,--no-rule) values='' ;;
    features,--min-df) values='' ;;
    features,--max-df) values='' ;;
    features,--max-features) values='' ;;
    features,--weighting) values='tfidf tfidf-raw tf binary ltc sklearn' ;;
    features,--text) values='' ;;
    features,--id) values='' ;;
    features,--label) values='' ;;
    features,--date) values='' ;;
    features,--source) values='' ;;
    features,--title) values='' ;;
    features,--format) values='csv tsv jsonl doccano prodigy fasttext sgml html text folder' ;;
    features,--delimiter) values='' ;;
    features,--encoding) values='repair strict utf8-or-1252' ;;
    features,--markup) values='auto none html' ;;
    features,--max-document) values='' ;;
    features,--max-unpacked) values='' ;;
    features,--dup-ids) values='error suffix' ;;
    features,--threads) values='' ;;
    features,--memory) values='' ;;
    model,--expect-sha256) values='' ;;
    columns,--excel) values='no us eu' ;;
  esac
  if [[ $values != - ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$values" -- "$cur")
    return
  fi
  case $verb in
    count) words=' --output= --no-ledger --ledger-salt= --tokenizer= --ngrams= --stopwords= --clean --no-clean --no-rule= --lines= --phrases= --language= --weighting= --text= --id= --label= --date= --source= --title= --format= --delimiter= --encoding= --markup= --repair --max-document= --max-unpacked= --rejects= --dup-ids= --multi --label-columns= --threads= --memory= --quiet --verbose --help --usage --version' ;;
    train) words=' --output= --stats= --remember --no-ledger --ledger-salt= --from --tokenizer= --ngrams= --stopwords= --clean --no-clean --no-rule= --lines= --phrases= --language= --min-df= --max-df= --max-features= --classifier= --weighting= --prior= --class-weight= --smoothing= --smoothing-kind= --cost= --calibration= --codebook= --seed-strength= --dup-weight --dup-threshold= --dup-window= --unlabeled= --unlabeled-weight= --text= --id= --label= --date= --source= --title= --format= --delimiter= --encoding= --markup= --repair --max-document= --max-unpacked= --rejects= --dup-ids= --multi --label-columns= --threads= --memory= --seed= --quiet --verbose --help --usage --version' ;;
    merge) words=' --output= --quiet --verbose --help --usage --version' ;;
    forget) words=' --output= --ledger-salt= --text= --id= --label= --date= --source= --title= --format= --delimiter= --encoding= --markup= --repair --max-document= --max-unpacked= --rejects= --dup-ids= --label-columns= --threads= --memory= --quiet --verbose --help --usage --version' ;;
    score) words=' --model= --threshold= --min-prob= --min-tokens= --language= --unit= --mixture --evidence --strict --output= --excel --with-text --with-language --text= --id= --label= --date= --source= --title= --format= --delimiter= --encoding= --markup= --repair --max-document= --max-unpacked= --rejects= --dup-ids= --threads= --quiet --verbose --help --usage --version' ;;
    explain) words=' --model= --class= --min-tokens= --output= --csv --excel --top= --text= --id= --label= --date= --source= --title= --format= --delimiter= --encoding= --markup= --repair --max-document= --max-unpacked= --rejects= --dup-ids= --threads= --quiet --verbose --help --usage --version' ;;
    evaluate) words=' --model= --threshold= --min-prob= --min-tokens= --language= --codebook= --min-accuracy= --output= --excel --summary= --confusion= --predictions= --errors= --text= --id= --label= --date= --source= --title= --format= --delimiter= --encoding= --markup= --repair --max-document= --max-unpacked= --rejects= --dup-ids= --multi --label-columns= --threads= --quiet --verbose --help --usage --version' ;;
    crossval) words=' --folds= --min-accuracy= --no-dup-groups --dup-threshold= --dup-window= --output= --excel --summary= --confusion= --predictions= --tokenizer= --ngrams= --stopwords= --clean --no-clean --no-rule= --lines= --phrases= --language= --min-df= --max-df= --max-features= --classifier= --weighting= --prior= --class-weight= --smoothing= --smoothing-kind= --cost= --calibration= --codebook= --seed-strength= --text= --id= --label= --date= --source= --title= --format= --delimiter= --encoding= --markup= --repair --max-document= --max-unpacked= --rejects= --dup-ids= --multi --label-columns= --threads= --memory= --seed= --quiet --verbose --help --usage --version' ;;
    cluster) words=' --k= --restarts= --metric= --init= --max-iter= --no-refine --output= --excel --clusters= --tokenizer= --ngrams= --stopwords= --clean --no-clean --no-rule= --lines= --phrases= --language= --min-df= --max-df= --max-features= --weighting= --dup-weight --dup-threshold= --dup-window= --text= --id= --label= --date= --source= --title= --format= --delimiter= --encoding= --markup= --repair --max-document= --max-unpacked= --rejects= --dup-ids= --threads= --memory= --seed= --quiet --verbose --help --usage --version' ;;
    dedup) words=' --threshold= --window= --shingle= --date-order= --with-title --keep= --output= --excel --clean --no-clean --no-rule= --lines= --phrases= --text= --id= --label= --date= --source= --title= --format= --delimiter= --encoding= --markup= --repair --max-document= --max-unpacked= --rejects= --dup-ids= --threads= --memory= --quiet --verbose --help --usage --version' ;;
    inspect) words=' --output= --json --tokenizer= --no-language --month-first --text= --id= --label= --date= --source= --title= --format= --delimiter= --encoding= --markup= --repair --max-document= --max-unpacked= --rejects= --dup-ids= --threads= --quiet --verbose --help --usage --version' ;;
    terms) words=' --model= --class= --top= --output= --excel --text= --id= --label= --date= --source= --title= --format= --delimiter= --encoding= --markup= --repair --max-document= --max-unpacked= --rejects= --dup-ids= --threads= --quiet --verbose --help --usage --version' ;;
    clean) words=' --rules= --no-rule= --phrases= --lines= --lines-out= --output= --excel --audit= --text= --id= --label= --date= --source= --title= --format= --delimiter= --encoding= --markup= --repair --max-document= --max-unpacked= --rejects= --dup-ids= --quiet --verbose --help --usage --version' ;;
    convert) words=' --output= --to= --rows= --excel --text= --id= --label= --date= --source= --title= --format= --delimiter= --encoding= --markup= --repair --max-document= --max-unpacked= --rejects= --dup-ids= --threads= --quiet --verbose --help --usage --version' ;;
    features) words=' --output= --to= --vocabulary= --rows= --excel --model= --tokenizer= --ngrams= --stopwords= --clean --no-clean --no-rule= --lines= --phrases= --min-df= --max-df= --max-features= --weighting= --text= --id= --label= --date= --source= --title= --format= --delimiter= --encoding= --markup= --repair --max-document= --max-unpacked= --rejects= --dup-ids= --threads= --memory= --quiet --verbose --help --usage --version' ;;
    model) words=' --output= --expect-sha256= --quiet --verbose --help --usage --version' ;;
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
