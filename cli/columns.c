/* SPDX-License-Identifier: GPL-3.0-or-later */
/* columns.c - the one table that says what each output column is. */
#include "cli/columns.h"

#include "base/buf.h"
#include "base/try.h"
#include "datasets/csv_join.h"

#include <string.h>

#define CARRIED                                                                                                                            \
    "input columns that are not text, as read, in input order; one whose name is also written here comes as input_<name>, once more " \
    "input_ where that is taken; id first where the input has no id column"

const nfi_dict_column nfi_dict[] = {
    {"scores", "<carried>", "text", "", CARRIED},
    {"scores", "status", "ok|empty|too_short|no_known_words|below_threshold|tie|other_language|unlike_training", "",
     "whether a label was given, else why not; every input document has one row"},
    {"scores", "label", "text", "",
     "the class with the highest score; for models of several labels, of those given, that which is furthest above its threshold; blank "
     "unless status is ok"},
    {"scores", "second_label", "text", "",
     "the class with the next score; for models of several labels the next one given, blank for a single one"},
    {"scores", "margin", "number", "nats, >= 0",
     "score of the best class less that of the second; for models of several labels the least change of one score that changes the labels"},
    {"scores", "n_tokens", "integer", ">= 0", "words of the cleaned document"},
    {"scores", "oov_share", "number", "share, 0 to 1", "part of the words that the model does not know"},
    {"scores", "score_<class>", "number", "nats",
     "log-odds of the class against all others, before calibration; for models of several labels each class has a threshold of its own: "
     "newsframe model info"},
    {"scores", "prob_<class>", "number", "probability, 0 to 1",
     "calibrated probability of the class, for models of several labels each on its own; blank for a model that is not calibrated"},

    {"units", "<carried>", "text", "", CARRIED},
    {"units", "unit", "integer", ">= 1", "number of the unit in its document; blank for a document without one, which has one row"},
    {"units", "role", "title|lead|body|repeat", "",
     "the title (or a headline at the top of the text), the first sentence after it, any other unit, or the title once more"},
    {"units", "field", "title|text", "", "the column that start and end are places of; text columns joined by --text count as one"},
    {"units", "start", "integer", "bytes, >= 0", "where the unit begins in that column, as it was read"},
    {"units", "end", "integer", "bytes, >= 0", "where it ends: the byte after its last"},
    {"units", "status", "ok|empty|too_short|no_known_words|below_threshold|tie|other_language|unlike_training", "",
     "whether a label was given, else why not; other_language: the document, or the paragraph, was told to be in another"},
    {"units", "label", "text", "", "the class with the highest score; as in scores"},
    {"units", "second_label", "text", "", "the class with the next score; as in scores"},
    {"units", "margin", "number", "nats, >= 0", "score of the best class less that of the second; as in scores"},
    {"units", "n_tokens", "integer", ">= 0", "words of the unit"},
    {"units", "oov_share", "number", "share, 0 to 1", "part of the words that the model does not know"},
    {"units", "score_<class>", "number", "nats", "log-odds of the class against all others, before calibration"},
    {"units", "prob_<class>", "number", "probability, 0 to 1",
     "calibrated probability of the class; blank for a model that is not calibrated"},

    {"several", "labels", "text", "",
     "only for models of several labels: all labels given, in class order, joined by \";\"; none alone is an answer too; blank unless "
     "status is ok"},

    {"frames", "frames", "text", "",
     "only with --unit sentence, for models that give frames to sentences: all frames of the sentence, the most likely first, joined by "
     "\";\"; none where it has none; they are found from the score, the seeds of the codebook and the sentences around, while "
     "label is from the score alone"},

    {"sets", "label_set", "text", "",
     "classes that the document may have at the coverage asked for, in class order, joined by \";\"; blank for an empty set: it is like no "
     "class"},

    {"mixture", "mix_<class>", "number", "share, 0 to 1",
     "salience of the class: sentences labelled with it, those of title and lead twice, as a share; blank when no sentence has a frame"},
    {"mixture", "primary_frame", "text", "", "the class with the greatest share"},
    {"mixture", "secondary_frames", "text", "", "other classes with a share of at least 0.06, falling, joined by \";\""},

    {"evidence", "evidence", "text", "",
     "the sentence whose words make up most of the margin, as it stands in the input; blank without a label"},
    {"evidence", "evidence_field", "title|text", "", "the column that it stands in"},
    {"evidence", "evidence_start", "integer", "bytes, >= 0", "where it begins in that column"},
    {"evidence", "evidence_end", "integer", "bytes, >= 0", "where it ends: the byte after its last"},
    {"evidence", "evidence_nats", "number", "nats", "its part of the margin"},

    {"tried", "classifier", "text", "", "the classifier, as --classifier names it"},
    {"tried", "weighting", "text", "", "the weighting, as --weighting names it"},
    {"tried", "ngram_lo", "integer", ">= 1", "words a term at least"},
    {"tried", "ngram_hi", "integer", ">= 1", "words a term at most"},
    {"tried", "smoothing", "number", "> 0", "smoothing; blank for classifiers without"},
    {"tried", "cost", "number", "> 0", "cost of linear machines; blank for others"},
    {"tried", "min_df", "integer", ">= 1", "documents a term is in at least"},
    {"tried", "lead", "integer", ">= 0", "words of the beginning that are terms of their own too, as --lead has it"},
    {"tried", "result", "chosen|tried|set aside|not reached", "",
     "set aside: clearly behind the best on the same documents before all folds were done; not reached: the time was up before "
     "the candidate was judged, the rest of its row is blank"},
    {"tried", "documents", "integer", ">= 0", "documents held out that it was judged on: fewer than others when it was set aside"},
    {"tried", "right", "integer", ">= 0", "of these, labelled as people did"},
    {"tried", "accuracy", "number", "share, 0 to 1", "right / documents"},
    {"tried", "accuracy_low", "number", "share, 0 to 1", "Wilson 95 % interval of accuracy"},
    {"tried", "accuracy_high", "number", "share, 0 to 1", "Wilson 95 % interval of accuracy"},
    {"tried", "macro_f1", "number", "share, 0 to 1", "mean F1 of the classes that were held out"},

    {"explanation", "id", "text", "", "id of the document"},
    {"explanation", "status", "ok|empty|too_short|no_known_words|below_threshold|tie|other_language|unlike_training", "",
     "as in scores; a document without scores has one row, blank from here on"},
    {"explanation", "label", "text", "", "the class that is explained"},
    {"explanation", "against", "text", "", "the best of the other classes; blank where documents may have several labels: the threshold"},
    {"explanation", "margin", "number", "nats", "score of label less that of against"},
    {"explanation", "part", "prior|term|sentence|across", "",
     "what the row is: prior and terms add up to the margin, and so do prior, sentences and across (terms that reach from one sentence to "
     "the next)"},
    {"explanation", "text", "text", "", "the term, or the sentence as it stands in the input"},
    {"explanation", "count", "integer", ">= 1", "how often the term stands in the document"},
    {"explanation", "nats", "number", "nats", "its part of the margin: above 0 speaks for label, below 0 for against"},
    {"explanation", "places", "text", "", "where it stands, as text:START-END or title:START-END in bytes, joined by \";\""},

    {"changes", "class", "text", "", "the class, which both models have"},
    {"changes", "rank", "integer", ">= 1", "place of the term in its class, by falling change, whatever its sign"},
    {"changes", "term", "text", "", "one word or several"},
    {"changes", "weight_a", "number", "nats",
     "what the first model makes of it: for the class against the mean of the others, a unit of document weight; blank when it does not "
     "have the term"},
    {"changes", "weight_b", "number", "nats", "the same of the second model"},
    {"changes", "change", "number", "nats", "weight_b less weight_a, 0 for a blank"},
    {"changes", "df_a", "integer", "documents, >= 0",
     "documents with the term that the first model was trained on; blank without the term"},
    {"changes", "df_b", "integer", "documents, >= 0", "the same of the second model"},

    {"flips", "id", "text", "", "id of the document"},
    {"flips", "status_a", "ok|empty|too_short|no_known_words|below_threshold|tie|other_language|unlike_training", "",
     "whether the first model gives a label, else why not"},
    {"flips", "label_a", "text", "", "the label that the first model gives; blank unless its status is ok"},
    {"flips", "margin_a", "number", "nats, >= 0", "score of its best class less that of the second"},
    {"flips", "status_b", "ok|empty|too_short|no_known_words|below_threshold|tie|other_language|unlike_training", "",
     "the same of the second model"},
    {"flips", "label_b", "text", "", "the label that the second model gives"},
    {"flips", "margin_b", "number", "nats, >= 0", "score of its best class less that of the second"},

    {"terms", "class", "text", "", "the class"},
    {"terms", "rank", "integer", ">= 1", "place of the term in its class, by falling z"},
    {"terms", "term", "text", "", "one word or several"},
    {"terms", "weight", "number", "nats",
     "what the model makes of it: for the class against the mean of the others, a unit of document weight"},
    {"terms", "log_odds", "number", "nats",
     "how much more often documents of the class have it than the others, shrunk towards the corpus; blank for a model without counts"},
    {"terms", "z", "number", "standard errors", "log_odds over its standard error"},
    {"terms", "class_documents", "integer", "documents, >= 0", "documents of the class that have it"},
    {"terms", "documents", "integer", "documents, >= 0", "all documents that have it"},
    {"terms", "example", "text", "", "a sentence with the term from the corpus given"},
    {"terms", "example_id", "text", "", "id of its document"},

    {"class_similarities", "class", "text", "", "the class"},
    {"class_similarities", "rank", "integer", ">= 1", "place of the other among its neighbours, by falling similarity"},
    {"class_similarities", "other_class", "text", "", "another class"},
    {"class_similarities", "similarity", "number", "-1 to 1",
     "cosine of the weights of the two, those of each term less their mean over the classes; by OpenBLAS: the last digit may differ "
     "between "
     "kinds of CPU"},

    {"suggestions", "frame", "text", "", "key of the frame"},
    {"suggestions", "term", "text", "", "a word, or words in a row"},
    {"suggestions", "seed", "yes|no", "", "whether the codebook has a seed that matches it"},
    {"suggestions", "log_odds", "number", "nats", "of documents of the frame against all others, with an informative Dirichlet prior"},
    {"suggestions", "z", "number", "standard deviations", "log-odds by their standard deviation"},
    {"suggestions", "q", "number", "share, 0 to 1", "least false discovery rate at which the term is given"},
    {"suggestions", "docs", "integer", "documents, >= 1", "documents of the frame that have the term"},
    {"suggestions", "all_docs", "integer", "documents, >= 1", "documents that have the term"},
    {"suggestions", "example_id", "text", "", "the first document of the frame that has it"},
    {"suggestions", "example_title", "text", "", "its title"},

    {"eval_classes", "class", "text", "", "class, then the averages micro and macro"},
    {"eval_classes", "support", "integer", "documents, >= 0",
     "documents that a human put into the class; with --repeats each so often, in every count"},
    {"eval_classes", "predicted", "integer", "documents, >= 0", "documents that the model put into the class"},
    {"eval_classes", "precision", "number", "share, 0 to 1",
     "part of the predicted documents that are right; blank when nothing was predicted"},
    {"eval_classes", "recall", "number", "share, 0 to 1", "part of the support that was found; blank when there is no support"},
    {"eval_classes", "f1", "number", "share, 0 to 1", "harmonic mean of precision and recall; blank when it is not defined"},
    {"eval_classes", "reason", "text", "", "why a figure is blank"},

    {"eval_summary", "measure", "text", "", "what was measured"},
    {"eval_summary", "value", "number", "see measure", "the figure; blank when it is not defined"},

    {"eval_confusion", "human", "text", "", "class given by a human"},
    {"eval_confusion", "machine", "text", "", "class given by the model; blank for documents without a label"},
    {"eval_confusion", "n", "integer", "documents, >= 0",
     "documents with this pair; above 1,000 classes, pairs without any are left out"},

    {"eval_errors", "id", "text", "", "id of the document; suspected labels first, then by falling margin"},
    {"eval_errors", "kind", "suspected_label|wrong|no_label", "",
     "suspected_label: the model is as sure against the human label as of half its right documents of that class"},
    {"eval_errors", "status", "ok|empty|too_short|no_known_words|below_threshold|tie|other_language|unlike_training", "", "as in scores"},
    {"eval_errors", "human", "text", "", "class given by a human; with several labels, blank where it was not given"},
    {"eval_errors", "machine", "text", "", "class given by the model; blank for none"},
    {"eval_errors", "margin", "number", "nats",
     "score of the machine's class less that of the human's, with several labels its distance to the threshold; blank where the model does "
     "not know the latter, or gave no label"},
    {"eval_errors", "machine_words", "text", "",
     "terms that speak most for the machine's class against the human's, each with its part of the margin, joined by \" | \""},
    {"eval_errors", "human_words", "text", "", "terms that speak most for the human's"},

    {"eval_reliability", "low", "number", "probability, 0 to 1", "least probability of the bin"},
    {"eval_reliability", "high", "number", "probability, 0 to 1", "where the next bin begins"},
    {"eval_reliability", "n", "integer", "documents, >= 0", "documents whose most probable class has a probability in the bin"},
    {"eval_reliability", "probability", "number", "probability, 0 to 1", "mean of these probabilities; blank where n is 0"},
    {"eval_reliability", "accuracy", "number", "share, 0 to 1",
     "part of these documents whose most probable class is the one given by a human"},
    {"eval_reliability", "accuracy_low", "number", "share, 0 to 1", "lower end of its 95 % interval"},
    {"eval_reliability", "accuracy_high", "number", "share, 0 to 1", "upper end of its 95 % interval"},

    {"eval_sets", "class", "text", "", "class given by a human, then all"},
    {"eval_sets", "support", "integer", "documents, >= 0", "documents of the class that have a set"},
    {"eval_sets", "covered", "integer", "documents, >= 0", "of these, those whose set holds the class"},
    {"eval_sets", "coverage", "number", "share, 0 to 1", "covered over support; blank where there is none"},
    {"eval_sets", "coverage_low", "number", "share, 0 to 1", "lower end of its 95 % interval"},
    {"eval_sets", "coverage_high", "number", "share, 0 to 1", "upper end of its 95 % interval"},
    {"eval_sets", "set_size", "number", ">= 0", "mean number of classes in the sets of these documents"},
    {"eval_sets", "empty", "integer", "documents, >= 0", "documents whose set is empty: they are like no class"},
    {"eval_sets", "shared_bound", "integer", "documents, >= 0",
     "documents judged by a bound that the class shares with others, for it has too few documents for one of its own: the coverage is "
     "theirs together"},

    {"eval_multi_classes", "class", "text", "", "class, then micro and macro averages; figures of a label that a document has or has not"},
    {"eval_multi_classes", "support", "integer", "documents, >= 0", "documents that a human gave the class"},
    {"eval_multi_classes", "predicted", "integer", "documents, >= 0", "documents that the machine gave the class"},
    {"eval_multi_classes", "precision", "number", "share, 0 to 1", "of the documents given the class by the machine, those with it"},
    {"eval_multi_classes", "recall", "number", "share, 0 to 1", "of the documents with the class, those given it by the machine"},
    {"eval_multi_classes", "f1", "number", "share, 0 to 1", "2 * right / (support + predicted)"},
    {"eval_multi_classes", "reason", "text", "", "why a figure is blank, or average"},
    {"eval_multi_classes", "ece", "number", "share, 0 to 1",
     "expected calibration error of the probability of the class; micro: of all decisions, macro: mean of the classes with support; "
     "blank without probabilities"},

    {"eval_multi_confusion", "class", "text", "", "class"},
    {"eval_multi_confusion", "both", "integer", "documents, >= 0", "documents that human and machine gave the class"},
    {"eval_multi_confusion", "human_only", "integer", "documents, >= 0", "documents that a human gave the class, and the machine did not"},
    {"eval_multi_confusion", "machine_only", "integer", "documents, >= 0", "documents that the machine gave the class, and no human did"},
    {"eval_multi_confusion", "neither", "integer", "documents, >= 0", "documents that a human judged and that nobody gave the class"},

    {"eval_multi_reliability", "class", "text", "", "class, then all classes together, but for none"},
    {"eval_multi_reliability", "low", "number", "share, 0 to 1", "least probability of the bin"},
    {"eval_multi_reliability", "high", "number", "share, 0 to 1", "probability below which the bin ends"},
    {"eval_multi_reliability", "documents", "integer", "documents, >= 0", "documents with a probability of the class in the bin"},
    {"eval_multi_reliability", "probability", "number", "share, 0 to 1", "their mean probability; blank where there are none"},
    {"eval_multi_reliability", "share", "number", "share, 0 to 1", "those of them that have the class"},
    {"eval_multi_reliability", "share_low", "number", "share, 0 to 1", "lower end of its 95 % interval"},
    {"eval_multi_reliability", "share_high", "number", "share, 0 to 1", "upper end of its 95 % interval"},

    {"eval_predictions", "id", "text", "", "id of the document"},
    {"eval_predictions", "human", "text", "", "class given by a human; with --multi all of them, joined by \";\""},
    {"eval_predictions", "machine", "text", "", "class, or classes, given by the model that had not seen the document; blank for none"},
    {"eval_predictions", "fold", "integer", "1 to folds times repeats",
     "the fold that held the document out; blank outside cross-validation, and for documents in no fold"},

    {"cluster_documents", "<carried>", "text", "", CARRIED},
    {"cluster_documents", "status", "ok|empty", "",
     "empty: no term of the document was kept, so it is in no cluster; every input document has one row"},
    {"cluster_documents", "cluster", "integer", "1 to k", "the cluster, numbered by falling size; blank unless status is ok"},
    {"cluster_documents", "name", "text", "", "name of the cluster"},
    {"cluster_documents", "similarity", "number", "-1 to 1",
     "cosine to the centroid of the cluster; with --dup-weight a copy has the row of its first document"},
    {"cluster_documents", "second_cluster", "integer", "1 to k", "the next best cluster; blank when k is 1"},
    {"cluster_documents", "margin", "number", "0 to 2", "similarity less that to the second cluster"},

    {"clusters", "cluster", "integer", "1 to k", "the cluster, numbered by falling size"},
    {"clusters", "name", "text", "", "made from its most distinctive terms; meant to be edited"},
    {"clusters", "size", "integer", "documents, >= 1", "documents in the cluster"},
    {"clusters", "share", "number", "share, 0 to 1", "size over all documents that are in a cluster"},
    {"clusters", "similarity", "number", "-1 to 1", "mean cosine of its documents to the centroid"},
    {"clusters", "terms", "text", "", "heaviest terms of the centroid, falling, joined by \" | \""},
    {"clusters", "distinctive_terms", "text", "",
     "terms with the greatest log-odds z score against the other clusters, falling, joined by \" | \""},
    {"clusters", "exemplars", "text", "", "ids of the documents nearest to the centroid, nearest first, joined by \" | \""},

    {"cluster_similarities", "cluster", "integer", "1 to k", "the cluster"},
    {"cluster_similarities", "name", "text", "", "its name"},
    {"cluster_similarities", "rank", "integer", "1 to k - 1", "place of the other among its neighbours, by falling similarity"},
    {"cluster_similarities", "other_cluster", "integer", "1 to k", "another cluster"},
    {"cluster_similarities", "other_name", "text", "", "its name"},
    {"cluster_similarities", "similarity", "number", "-1 to 1",
     "cosine of the two centroids, by OpenBLAS: the last digit may differ between kinds of CPU"},

    {"cleaned", "<carried>", "text", "", CARRIED},
    {"cleaned", "text", "text", "", "the text as it was read; nothing of it is lost"},
    {"cleaned", "clean_text", "text", "", "the text without the lines that were cut"},
    {"cleaned", "removed_chars", "integer", "characters, >= 0", "characters of the lines that were cut"},
    {"cleaned", "removed_share", "number", "share, 0 to 1",
     "removed_chars over the characters of all lines, line ends aside; blank for a text without any"},
    {"cleaned", "status", "ok|empty|other_language", "",
     "empty: nothing but blank lines is left; other_language: told to be in another language than that of --language; every input document "
     "has one row"},

    {"clean_audit", "id", "text", "", "id of the document; documents of which nothing is left come first"},
    {"clean_audit", "line", "integer", ">= 1", "line of the text"},
    {"clean_audit", "start", "integer", "bytes, >= 0", "first byte of the cut in the text"},
    {"clean_audit", "end", "integer", "bytes, > start", "byte after the cut"},
    {"clean_audit", "rule", "lines|shape|position|script|repeats|phrases", "", "the rule that cut it"},
    {"clean_audit", "text", "text", "", "what was cut"},

    {"dedup", "<carried>", "text", "", CARRIED},
    {"dedup", "text", "text", "", "the text as read"},
    {"dedup", "dup_group", "integer", ">= 1",
     "number of the group of copies, in the order of their first documents; blank when no document is a copy of this one or it of another"},
    {"dedup", "dup_of", "text", "", "id of the first document of the group; blank for that one itself"},
    {"dedup", "dup_similarity", "number", "share, threshold to 1",
     "part of the runs of words that the document and the first have in common; blank unless dup_of is there"},
    {"dedup", "dup_rank", "integer", ">= 1", "1 for the first document of the group, then 2, 3, ... by date, else as read"},

    {"rows", "row", "integer", ">= 1", "row of the features"},
    {"rows", "id", "text", "", "id of the document"},
    {"rows", "target", "text", "",
     "number of the label in svmlight: labels are numbered from 1 in the order of their bytes; blank is none, which svmlight has as 0"},
    {"rows", "label", "text", "", "label of the document; blank for none"},

    {"vocabulary", "column", "integer", ">= 1", "column of the features"},
    {"vocabulary", "term", "text", "", "words of the term, joined by blanks"},
    {"vocabulary", "df", "integer", "documents, >= 1", "documents that have the term, of those that the vocabulary was made from"},
    {"vocabulary", "idf", "number", ">= 1", "factor for the document frequency; 1 where the weighting has none"},

    {"rejects", "file", "text", "", "input file"},
    {"rejects", "record", "integer", ">= 1", "number of the record in the file, the header not counted"},
    {"rejects", "line", "integer", ">= 1", "line of the fault: where the record starts, or where in it the reason lies"},
    {"rejects", "reason", "text", "", "what is wrong with the record"},
    {"rejects", "raw", "text", "", "the record as it stands in the file"},

    {"columns", "table", "text", "", "table that the column belongs to"},
    {"columns", "position", "integer", ">= 1", "place of the column in its table"},
    {"columns", "name", "text", "", "name in the header; <class> stands for each class, <carried> for the input columns"},
    {"columns", "type", "text", "", "text, integer, number, or the values it may have joined by |"},
    {"columns", "range", "text", "", "unit and range"},
    {"columns", "meaning", "text", "", "what the column says"},
    {0}};

#define CLASS "<class>"

/* First row of the table, NULL when there is none. */
static const nfi_dict_column *table_start(const char *table)
{
    for (const nfi_dict_column *c = nfi_dict; c->table; c++)
        if (strcmp(c->table, table) == 0)
            return c;
    return NULL;
}

static bool is_in(const nfi_dict_column *c, const char *table)
{
    return c->table && strcmp(c->table, table) == 0;
}

/* Bytes before "<class>" in a name, or -1. */
static ptrdiff_t class_at(const char *name)
{
    const char *p = strstr(name, CLASS);
    return p ? p - name : -1;
}

bool nfi_dict_has(const char *table, const char *name, size_t len, const char *const *classes, size_t k)
{
    for (const nfi_dict_column *c = table_start(table); c && is_in(c, table); c++) {
        ptrdiff_t cut = class_at(c->name);
        if (cut < 0) {
            if (strlen(c->name) == len && memcmp(c->name, name, len) == 0)
                return true;
            continue;
        }
        if (len < (size_t)cut || memcmp(c->name, name, (size_t)cut) != 0)
            continue;
        for (size_t i = 0; i < k; i++)
            if (strlen(classes[i]) == len - (size_t)cut && memcmp(classes[i], name + cut, len - (size_t)cut) == 0)
                return true;
    }
    return false;
}

static bool is_among(const nf_str *list, size_t n, nf_str name)
{
    for (size_t i = 0; i < n; i++)
        if (list[i].n == name.n && (name.n == 0 || memcmp(list[i].p, name.p, name.n) == 0))
            return true;
    return false;
}

/* A column that the table writes itself, or that was put behind the carried ones. */
static bool is_own(const nfi_dict_input *in, const char *const *tables, nf_str name, const char *const *classes, size_t k)
{
    bool own = is_among(in->more, in->nmore, name);

    for (size_t t = 0; tables[t] && !own; t++)
        own = nfi_dict_has(tables[t], name.p, name.n, classes, k);
    return own;
}

static void carried_names(nf_csv *w, const char *const *tables, const nfi_dict_input *in, const char *const *classes, size_t k)
{
    nfi_buf name = {0};

    for (size_t i = 0; i < in->n; i++) {
        nf_str as = in->carried[i];
        name.n = 0;
        for (size_t prefixes = 0; nfi_buf_ok(&name) && (is_own(in, tables, as, classes, k) ||
                                                        (prefixes > 0 && is_among(in->carried, in->n, as)));) {
            name.n = 0;
            for (size_t p = 0; p <= prefixes; p++)
                nfi_buf_puts(&name, "input_");
            nfi_buf_put(&name, in->carried[i].p, in->carried[i].n);
            as = (nf_str){name.p, name.n};
            prefixes++;
        }
        if (!nfi_buf_ok(&name))
            nfi_csv_fail(w);
        nf_csv_text(w, as.p, as.n);
    }
    for (size_t i = 0; i < in->nmore; i++)
        nf_csv_text(w, in->more[i].p, in->more[i].n);
    nfi_buf_clear(&name);
}

static void class_names(nf_csv *w, const char *stem, size_t n, const char *const *classes, size_t k)
{
    nfi_buf name = {0};

    for (size_t i = 0; i < k; i++) {
        name.n = 0;
        nfi_buf_put(&name, stem, n);
        nfi_buf_puts(&name, classes[i]);
        nf_csv_text(w, name.p, name.n);
    }
    nfi_buf_clear(&name);
}

void nfi_dict_headers(nf_csv *w, const char *const *tables, const nfi_dict_input *in, const char *const *classes, size_t k)
{
    for (size_t t = 0; tables[t]; t++) {
        const nfi_dict_column *c = table_start(tables[t]);
        NF_ASSERT(c != NULL);
        for (; is_in(c, tables[t]); c++) {
            ptrdiff_t cut = class_at(c->name);
            if (strcmp(c->name, "<carried>") == 0)
                carried_names(w, tables, in, classes, k);
            else if (cut < 0)
                nf_csv_str(w, c->name);
            else
                class_names(w, c->name, (size_t)cut, classes, k);
        }
    }
    nf_csv_end(w);
}

void nfi_dict_header(nf_csv *w, const char *table, const nf_str *carried, size_t n, const char *const *classes, size_t k)
{
    nfi_dict_headers(w, (const char *const[]){table, NULL}, &(nfi_dict_input){.carried = carried, .n = n}, classes, k);
}
