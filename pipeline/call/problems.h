/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * problems.h - every code that a struct ut_problem may carry: one table, so that a code that comes
 * back from a worker or a database is mapped to known static text or refused.
 * A new problem is one row here (and its line in schemas/DATA.md, which a lint test compares).
 * Threads: no shared state.
 */
#ifndef UT_CALL_PROBLEMS_H
#define UT_CALL_PROBLEMS_H

/* X(code, what it means for the result). Stored in databases: append, never rename. */
#define UT_PROBLEMS(X)                                                                             \
	X(partial, "the recording ends early or is damaged; analysed as far as it goes")           \
	X(dual_mono, "all channels carry the same signal; treated as one mono mix")                \
	X(mono, "one channel carries both parties; they cannot be told apart")                     \
	X(no_customer, "no verified external customer is known; no tone")                          \
	X(internal_call, "the customer side is internal (an employee); no tone")                   \
	X(two_customers, "more than one party is marked as the customer; no tone")                 \
	X(role_conflict, "option, sidecar and profile contradict each other; nobody is verified")  \
	X(sidecar_invalid, "the sidecar could not be used")                                        \
	X(channel_missing, "a party is said to be on a channel that the recording lacks")          \
	X(silent_channel, "a channel has no speech at all")                                        \
	X(customer_silent, "the customer's channel has no speech")                                 \
	X(no_speech, "nobody speaks in the recording")                                             \
	X(leak, "another party's voice is strong in a channel; measures may be off")               \
	X(clipped, "the signal is overdriven; level and voice quality are less certain")           \
	X(low_level, "the signal is very quiet; measures are less certain")                        \
	X(short_call, "too little speech for the measures that need a history")                    \
	X(masked, "parts are excluded by metadata (payment data)")                                 \
	X(no_notice, "no purpose or notice is declared for this call")                             \
	X(mono_declared_customer, "a mono recording that was declared to hold the customer alone") \
	X(profile_unused, "the channel profile does not fit the recording or its direction")       \
	X(metadata_invalid, "a file-name pattern or CDR says what cannot be; nobody is verified")  \
	X(transferred, "more than one agent took part in the call")                              \
	X(transcript_invalid, "the transcript could not be used")                                  \
	X(extra_tracks, "the file holds several audio tracks; one was analysed")                     \
	X(mono_split, "one channel; two speakers were told apart by their voices")                 \
	X(voices_unsure, "one channel whose voices could not be told apart surely; no tone")       \
	X(maybe_swapped, "the channels seem to be the other way round; nobody is verified")        \
	X(misaligned, "the channels do not fit together in time; nobody is verified")              \
	X(channel_cut, "a channel begins later or ends earlier than the other; nobody is verified") \
	X(announcement, "a recorded announcement is on the agent's side before the agent answers") \
	X(hold, "the call was on hold")                                                            \
	X(new_voice, "after a hold another voice speaks on the agent's side") \
	X(start_unknown, "two files of one call, and nothing says when each was started; nobody is verified")          \
	X(other_customer, "after a hold another voice speaks on the customer's side; nobody is verified") \
	X(aligned_by_sound, "two files of one call were laid side by side by what is heard in them") \
	X(content_changed, "the recording is not the one that its vCon's content_hash names; nobody is verified") \
	X(limit, "a bound on size or duration was reached; analysed up to there")

struct ut_problem_info {
	const char *code, *help;
};
/* Ends with a row whose code is NULL. */
extern const struct ut_problem_info ut_problem_info[];

/* The static text of a known code; NULL where it is unknown. */
const char *ut_problem_code(const char *code);

#endif
