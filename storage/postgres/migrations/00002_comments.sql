-- +goose Up

-- For whoever looks into the tables without the program.

COMMENT ON TABLE spaces IS 'Workspaces, servers and playgrounds in which the bot is';
COMMENT ON COLUMN spaces.id IS 'of the platform: slack:T…, discord:…';
COMMENT ON COLUMN spaces.role IS 'role whose members own all tracks of the space, empty = none';
COMMENT ON COLUMN spaces.owners IS 'people.person of those who own all tracks of the space';
COMMENT ON COLUMN spaces.removed IS 'when the bot lost the space, NULL while it is there';

COMMENT ON TABLE tracks IS 'What a channel signed up for: a schedule of questions, tips or projects';
COMMENT ON COLUMN tracks.direct IS 'one person''s own, in a direct conversation';
COMMENT ON COLUMN tracks.kind IS 'question, tip or project';
COMMENT ON COLUMN tracks.cron IS 'five cron fields, in civil time of zone';
COMMENT ON COLUMN tracks.topics IS 'empty = all that are on at first';
COMMENT ON COLUMN tracks.levels IS 'empty = from easy to hard in the first weeks, then a mix';
COMMENT ON COLUMN tracks.catch_up_ns IS 'how late a post may come, in nanoseconds';
COMMENT ON COLUMN tracks.quorum IS 'per cent of counted members whose answers keep the group''s streak';
COMMENT ON COLUMN tracks.keep_days IS 'days that texts of answers are kept';
COMMENT ON COLUMN tracks.next_slot IS 'civil time of the next post, next_at is its instant';
COMMENT ON COLUMN tracks.last_slot IS 'civil time of the last slot that was posted or skipped, last_at is its instant';
COMMENT ON COLUMN tracks.skip_ranges IS 'civil dates without posts, both inclusive';
COMMENT ON COLUMN tracks.queue IS 'questions chosen for the next rounds';
COMMENT ON COLUMN tracks.theme IS 'topic that goes first until theme_ends';
COMMENT ON COLUMN tracks.ends IS 'last civil date with a post, empty = none';
COMMENT ON COLUMN tracks.rounds IS 'rounds so far';
COMMENT ON COLUMN tracks.open_round IS 'rounds.no of the newest that is not closed, 0 = none';
COMMENT ON COLUMN tracks.deck_from IS 'the deck counts from this rounds.no';
COMMENT ON COLUMN tracks.group_current IS 'the group''s streak in rounds';
COMMENT ON COLUMN tracks.purged IS 'texts of rounds up to this rounds.no were deleted';

COMMENT ON TABLE decks IS 'Which questions a track has used';
COMMENT ON COLUMN decks.used IS '{"question": rounds.no in which it was used last}';

COMMENT ON TABLE snapshots IS 'Questions as they were when they were used';
COMMENT ON COLUMN snapshots.hash IS 'SHA-256, to which rounds.question_hash and answers.question_hash refer';
COMMENT ON COLUMN snapshots.question IS 'id of the question';
COMMENT ON COLUMN snapshots.body IS 'JSON, byte for byte as it was hashed: convert_from(body, ''UTF8'')::jsonb ->> ''title''';

COMMENT ON TABLE rounds IS 'Posts of a track: one for each slot that was taken up';
COMMENT ON COLUMN rounds.slot IS 'civil time in the track''s zone, at is its instant';
COMMENT ON COLUMN rounds.manual IS 'posted by hand, not by the schedule';
COMMENT ON COLUMN rounds.question_hash IS 'snapshots.hash';
COMMENT ON COLUMN rounds.question IS 'id of the question';
COMMENT ON COLUMN rounds.swapped IS 'snapshots.hash of the questions that the round had before';
COMMENT ON COLUMN rounds.tip IS 'id of the tip in the post''s last line';
COMMENT ON COLUMN rounds.state IS 'uncertain: it is not known whether the post arrived';
COMMENT ON COLUMN rounds.owner IS 'replica that works on it until lease';
COMMENT ON COLUMN rounds.message IS 'the platform''s id of the post';
COMMENT ON COLUMN rounds.ends IS 'until when it is open';
COMMENT ON COLUMN rounds.early IS 'closed before ends, so nobody missed it';
COMMENT ON COLUMN rounds.line_cursor IS 'last person whose ledger line was written at the close';
COMMENT ON COLUMN rounds.answered IS 'answers that count';
COMMENT ON COLUMN rounds.counted IS 'members in the group''s count with answered or missed, met is how many answered';
COMMENT ON COLUMN rounds.shared IS 'answers that others may see, nameless is how many without a name';
COMMENT ON COLUMN rounds.had IS 'how many answers covered each point of the question';
COMMENT ON COLUMN rounds.group_run IS 'the group''s streak after the close';
COMMENT ON COLUMN rounds.protected IS 'why nobody missed it, empty = not protected';

COMMENT ON TABLE skips IS 'Slots of a track without a post, and why';

COMMENT ON TABLE answers IS 'Answers to rounds and in practice; texts are deleted after tracks.keep_days';
COMMENT ON COLUMN answers.person IS 'people.person';
COMMENT ON COLUMN answers.name IS 'of the person when it was sent';
COMMENT ON COLUMN answers.track IS 'NULL in practice, where round is 0';
COMMENT ON COLUMN answers.question_hash IS 'snapshots.hash';
COMMENT ON COLUMN answers.kind IS 'asked: practice that was not answered yet';
COMMENT ON COLUMN answers.before IS 'the text when the model answer was shown, if it was changed later';
COMMENT ON COLUMN answers.choice IS 'options that were chosen, from 0';
COMMENT ON COLUMN answers.counting IS 'counts for the streak';
COMMENT ON COLUMN answers.late IS 'after the close';
COMMENT ON COLUMN answers.visibility IS 'to those who have answered too';
COMMENT ON COLUMN answers.found IS 'points of the question that the text covers';
COMMENT ON COLUMN answers.opposite IS 'points of which the text may say the opposite';
COMMENT ON COLUMN answers.ticks IS 'points that the person ticked';
COMMENT ON COLUMN answers.rating IS 'by the person, 1 to 4, 0 = none';
COMMENT ON COLUMN answers.shown IS 'when the model answer was shown';
COMMENT ON COLUMN answers.deleted IS 'the person deleted the text';
COMMENT ON COLUMN answers.day IS 'civil date in zone; a day begins at 04:00';
COMMENT ON COLUMN answers.utc_offset IS 'of zone at sent, seconds east of UTC';
COMMENT ON COLUMN answers.previous IS 'seq of the person''s answer before this in the track, or in practice';

COMMENT ON TABLE members IS 'People in a track, with their streaks in rounds';
COMMENT ON COLUMN members.person IS 'people.person';
COMMENT ON COLUMN members.left_at IS 'NULL while a member';
COMMENT ON COLUMN members.freeze_run IS 'answered in a row, for the next freeze';
COMMENT ON COLUMN members.misses IS 'in a row';
COMMENT ON COLUMN members.head IS 'seq of the newest answer in the track';
COMMENT ON COLUMN members.answered_round IS 'newest rounds.no with an answer that counts';
COMMENT ON COLUMN members.dont_know IS 'newest rounds.no with I don''t know';
COMMENT ON COLUMN members.closed_round IS 'newest rounds.no with a ledger line';

COMMENT ON TABLE ledger IS 'What each round did to each member, only appended to; of several lines for a round the last holds';
COMMENT ON COLUMN ledger.person IS 'members.person, empty for the group';
COMMENT ON COLUMN ledger.no IS 'place in the ledger of the track and person, from 1';
COMMENT ON COLUMN ledger.round IS 'rounds.no';
COMMENT ON COLUMN ledger.freezes IS 'change of the freezes';
COMMENT ON COLUMN ledger.repair IS 'answered later';

COMMENT ON TABLE people IS 'Who has used the bot, with their settings';
COMMENT ON COLUMN people.person IS 'of the platform: slack:T…:U…, discord:…';
COMMENT ON COLUMN people.zone IS 'empty = the track''s';
COMMENT ON COLUMN people.visibility IS 'that the person chose last';
COMMENT ON COLUMN people.pauses IS 'times in which rounds that close are not missed';
COMMENT ON COLUMN people.practice IS 'seq of the newest answer in practice';
COMMENT ON COLUMN people.avoid IS 'topics left out of practice';
COMMENT ON COLUMN people.recent IS 'latest practice questions and tips, newest first';

COMMENT ON TABLE drafts IS 'Texts that are kept until a form comes back, for a day';
COMMENT ON TABLE tasks IS 'Work that is due; owner is the replica that does it until lease';
COMMENT ON TABLE remembered IS 'Small things that the bot and its adapters remember; secrets are sealed';
COMMENT ON TABLE leases IS 'What only one replica does at a time';
COMMENT ON TABLE uptime IS 'Times at which a platform worked for a replica';
COMMENT ON TABLE events IS 'Events of the last 48 hours, so that each is handled once';
COMMENT ON TABLE writers IS 'Last transaction of each running copy, by which it learns whether a commit whose reply was lost took place';
COMMENT ON TABLE turn IS 'Always empty: its lock is the turn to write';
