/* SPDX-License-Identifier: GPL-3.0-or-later */
/* zip.c - a pack as one file, by libzip. */
#include <stdlib.h>
#include <zip.h>

#include "clip/pack.h"

static bool add_all(zip_t *z, const struct ut_pack *p, const char *folder)
{
	for (size_t i = 0; i < p->n_files; i++) {
		const struct ut_pack_file *f = &p->file[i];
		zip_source_t *src = zip_source_buffer(z, f->bytes.s, f->bytes.len, 0);
		struct ut_text name = { 0 };
		zip_int64_t at = -1;

		ut_text_addf(&name, "%s/%s", folder, f->name);
		if (src && !name.failed)
			at = zip_file_add(z, name.s, src, ZIP_FL_ENC_UTF_8);
		if (at < 0)
			zip_source_free(src);
		ut_text_done(&name);
		/* no clock: the same pack is the same bytes */
		if (at < 0 || zip_file_set_dostime(z, (zip_uint64_t)at, 0, 0x21, 0) != 0)
			return false;
	}
	return true;
}

enum ut_status ut_pack_zip(const struct ut_pack *p, const char *folder, struct ut_text *out,
			   struct ut_error *err)
{
	zip_error_t e;
	zip_source_t *src;
	zip_t *z = NULL;
	zip_stat_t st;
	char *bytes = NULL;
	bool fine = false;

	zip_error_init(&e);
	src = zip_source_buffer_create(NULL, 0, 0, &e);
	if (src)
		z = zip_open_from_source(src, ZIP_TRUNCATE, &e);
	if (!z) {
		zip_source_free(src);
		zip_error_fini(&e);
		return ut_fail(err, UT_ENOMEM, "not enough memory for the zip file");
	}
	zip_source_keep(src); /* the archive takes it along otherwise */
	fine = add_all(z, p, folder) && zip_close(z) == 0;
	if (!fine)
		zip_discard(z);
	if (fine && zip_source_open(src) == 0) {
		fine = zip_source_stat(src, &st) == 0 && (bytes = malloc(st.size + 1)) != NULL &&
		       zip_source_read(src, bytes, st.size) == (zip_int64_t)st.size;
		zip_source_close(src);
		if (fine)
			ut_text_addn(out, bytes, st.size);
	} else {
		fine = false;
	}
	free(bytes);
	zip_source_free(src);
	zip_error_fini(&e);
	if (!fine || out->failed)
		return ut_fail(err, UT_ENOMEM, "not enough memory for the zip file");
	return UT_OK;
}
