/* SPDX-License-Identifier: GPL-3.0-or-later */
/* train_reviews.h - train --from-reviews: what trainers heard in stored closings, into a new model.
 */
#ifndef UT_CLI_TRAIN_REVIEWS_H
#define UT_CLI_TRAIN_REVIEWS_H

#include <stdbool.h>

struct ut_train_reviews {
	const char *db, *model, *out, *card; /* NULL: the default of each; out is needed */
	bool even_if_worse;
};

/* An exit code. Nothing is written where the new model is worse on verdicts it never saw, unless
 * even_if_worse. */
int ut_cli_train_reviews(const struct ut_train_reviews *o);

#endif
