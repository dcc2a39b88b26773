/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/hand_out.h"

#include "base/outfile.h"
#include "base/sha256.h"
#include "cli/cli.h"
#include "store/handed.h"

enum ut_status ut_cli_hand_out(struct ut_store *s, const struct ut_cli_handed *h,
			       const struct ut_text *bytes, char sha256[65], struct ut_error *err)
{
	struct ut_text path = { 0 };
	enum ut_status st = ut_sha256_hex(bytes->s, bytes->len, sha256, err);

	ut_text_addf(&path, "%s/%s", h->dir, h->name);
	if (st == UT_OK && path.failed)
		st = ut_fail(err, UT_ENOMEM, "not enough memory");
	/* noted first: a purge must not miss a file that is there */
	if (st == UT_OK)
		st = ut_handed_note(s,
				    &(struct ut_handed){ .path = path.s,
							 .pack = h->pack,
							 .sha256 = sha256,
							 .made_as = h->made_as,
							 .actor = ut_cli_user() },
				    h->ids, h->n, err);
	if (st == UT_OK)
		st = ut_outfile_write(h->dir, h->name, bytes->s, bytes->len, err);
	ut_text_done(&path);
	return st;
}
