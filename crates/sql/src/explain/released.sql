-- SCHEMA
39;
-- MEMBER
SELECT id, name, joined_at FROM members WHERE name = ?;
-- INSERT_MEMBER
INSERT INTO members (id, name, joined_at) VALUES (?, ?, ?);
-- INSERT_KEY
INSERT INTO api_keys (id, member_id, role, hash, name, created_at) VALUES (?, ?, ?, ?, ?, ?);
-- KEY
SELECT id, member_id, role, hash, name, created_at FROM api_keys WHERE id = ? AND member_id = ?;
-- KEYS
SELECT id, member_id, role, hash, name, created_at FROM api_keys WHERE member_id = ? AND id < ? ORDER BY id DESC LIMIT ?;
-- REMOVE_KEY
DELETE FROM api_keys WHERE id = ? AND member_id = ?;
-- INSERT_SESSION
INSERT INTO sessions (id, member_id, role, hash, ends_at) VALUES (?, ?, ?, ?, ?);
-- END_SESSION
DELETE FROM sessions WHERE hash = ?;
-- FORGET_SESSIONS
DELETE FROM sessions WHERE ends_at <= ?;
-- CALLER
SELECT member_id, role FROM api_keys WHERE hash = ? UNION ALL SELECT member_id, role FROM sessions WHERE hash = ? AND ends_at > ?;
-- PROJECT
SELECT p.id AS project_id, p.member_id AS project_member, p.business_name, p.region, p.details, p.language, p.orientation AS project_orientation, p.style, p.seed, p.status, p.goal, p.cancel_at, p.created_at, p.changed_at AS project_changed_at, p.version, i.id AS image_id, i.file_key AS image_key, i.file_bytes AS image_bytes, i.file_sha256 AS image_sha256, i.width, i.height, i.added_at, l.id AS lyric_id, l.requested_at AS lyric_requested_at, l.changed_at AS lyric_changed_at, l.state AS lyric_state, l.tries, l.title, l.sections, l.edited, l.failure AS lyric_failure, s.id AS song_id, s.lyric_id AS song_lyric, s.requested_at AS song_requested_at, s.changed_at AS song_changed_at, s.state AS song_state, s.attempt AS song_attempt, s.provider_job AS song_job, s.failure AS song_failure, s.file_key AS song_key, s.file_bytes AS song_bytes, s.file_sha256 AS song_sha256, s.duration_ms AS song_ms, s.line_times, s.bars, s.instrumental, s.spare, v.id AS video_id, v.song_id AS video_song, v.orientation AS video_orientation, v.requested_at AS video_requested_at, v.changed_at AS video_changed_at, v.state AS video_state, v.attempt AS video_attempt, v.provider_job AS video_job, v.failure AS video_failure, v.file_key AS video_key, v.file_bytes AS video_bytes, v.file_sha256 AS video_sha256, v.duration_ms AS video_ms, j.id AS job_id, j.kind, j.subject, j.member_id AS job_member, j.project_id AS job_project, j.due, j.state AS job_state, j.progress, j.draft FROM projects p LEFT JOIN images i ON i.project_id = p.id AND i.state = 'kept' LEFT JOIN lyrics l ON l.id = p.lyric_id AND COALESCE(i.position, 0) = 0 LEFT JOIN songs s ON s.id = p.song_id AND COALESCE(i.position, 0) = 0 LEFT JOIN videos v ON v.id = p.video_id AND COALESCE(i.position, 0) = 0 LEFT JOIN jobs j ON j.stage_id = CASE WHEN l.state IN ('requested', 'writing') THEN l.id WHEN s.state IN ('requested', 'submitting', 'composing', 'rendering', 'collecting', 'unresolved') THEN s.id WHEN v.state IN ('requested', 'submitting', 'composing', 'rendering', 'collecting', 'unresolved') THEN v.id END WHERE p.id = ? AND p.member_id = ? ORDER BY i.position, j.id;
-- PROJECTS
SELECT p.id AS project_id, p.member_id AS project_member, p.business_name, p.region, p.details, p.language, p.orientation AS project_orientation, p.style, p.seed, p.status, p.goal, p.cancel_at, p.created_at, p.changed_at AS project_changed_at, p.version, i.id AS image_id, i.file_key AS image_key, i.file_bytes AS image_bytes, i.file_sha256 AS image_sha256, i.width, i.height, i.added_at, l.id AS lyric_id, l.requested_at AS lyric_requested_at, l.changed_at AS lyric_changed_at, l.state AS lyric_state, l.tries, l.title, l.sections, l.edited, l.failure AS lyric_failure, s.id AS song_id, s.lyric_id AS song_lyric, s.requested_at AS song_requested_at, s.changed_at AS song_changed_at, s.state AS song_state, s.attempt AS song_attempt, s.provider_job AS song_job, s.failure AS song_failure, s.file_key AS song_key, s.file_bytes AS song_bytes, s.file_sha256 AS song_sha256, s.duration_ms AS song_ms, s.line_times, s.bars, s.instrumental, s.spare, v.id AS video_id, v.song_id AS video_song, v.orientation AS video_orientation, v.requested_at AS video_requested_at, v.changed_at AS video_changed_at, v.state AS video_state, v.attempt AS video_attempt, v.provider_job AS video_job, v.failure AS video_failure, v.file_key AS video_key, v.file_bytes AS video_bytes, v.file_sha256 AS video_sha256, v.duration_ms AS video_ms, j.id AS job_id, j.kind, j.subject, j.member_id AS job_member, j.project_id AS job_project, j.due, j.state AS job_state, j.progress, j.draft FROM (SELECT r.id FROM projects r WHERE r.member_id = ? AND r.id < ? AND r.status <> 'archived' ORDER BY r.id DESC LIMIT ?) page JOIN projects p ON p.id = page.id LEFT JOIN images i ON i.project_id = p.id AND i.state = 'kept' LEFT JOIN lyrics l ON l.id = p.lyric_id AND COALESCE(i.position, 0) = 0 LEFT JOIN songs s ON s.id = p.song_id AND COALESCE(i.position, 0) = 0 LEFT JOIN videos v ON v.id = p.video_id AND COALESCE(i.position, 0) = 0 LEFT JOIN jobs j ON j.stage_id = CASE WHEN l.state IN ('requested', 'writing') THEN l.id WHEN s.state IN ('requested', 'submitting', 'composing', 'rendering', 'collecting', 'unresolved') THEN s.id WHEN v.state IN ('requested', 'submitting', 'composing', 'rendering', 'collecting', 'unresolved') THEN v.id END ORDER BY p.id DESC, i.position, j.id;
-- LYRIC
SELECT l.id AS lyric_id, l.requested_at AS lyric_requested_at, l.changed_at AS lyric_changed_at, l.state AS lyric_state, l.tries, l.title, l.sections, l.edited, l.failure AS lyric_failure, l.project_id AS of_project, j.id AS job_id, j.kind, j.subject, j.member_id AS job_member, j.project_id AS job_project, j.due, j.state AS job_state, j.progress, j.draft FROM lyrics l LEFT JOIN jobs j ON j.stage_id = l.id AND l.state IN ('requested', 'writing') WHERE l.id = ? AND l.member_id = ? ORDER BY j.id;
-- LYRICS
SELECT l.id AS lyric_id, l.requested_at AS lyric_requested_at, l.changed_at AS lyric_changed_at, l.state AS lyric_state, l.tries, l.title, l.sections, l.edited, l.failure AS lyric_failure, l.project_id AS of_project, j.id AS job_id, j.kind, j.subject, j.member_id AS job_member, j.project_id AS job_project, j.due, j.state AS job_state, j.progress, j.draft FROM (SELECT r.id FROM lyrics r JOIN projects p ON p.id = r.project_id WHERE r.member_id = ? AND r.id < ? AND p.status <> 'archived' ORDER BY r.id DESC LIMIT ?) page JOIN lyrics l ON l.id = page.id LEFT JOIN jobs j ON j.stage_id = l.id AND l.state IN ('requested', 'writing') ORDER BY l.id DESC, j.id;
-- SONG
SELECT s.id AS song_id, s.lyric_id AS song_lyric, s.requested_at AS song_requested_at, s.changed_at AS song_changed_at, s.state AS song_state, s.attempt AS song_attempt, s.provider_job AS song_job, s.failure AS song_failure, s.file_key AS song_key, s.file_bytes AS song_bytes, s.file_sha256 AS song_sha256, s.duration_ms AS song_ms, s.line_times, s.bars, s.instrumental, s.spare, s.project_id AS of_project, j.id AS job_id, j.kind, j.subject, j.member_id AS job_member, j.project_id AS job_project, j.due, j.state AS job_state, j.progress, j.draft FROM songs s LEFT JOIN jobs j ON j.stage_id = s.id AND s.state IN ('requested', 'submitting', 'composing', 'rendering', 'collecting', 'unresolved') WHERE s.id = ? AND s.member_id = ? ORDER BY j.id;
-- SONGS
SELECT s.id AS song_id, s.lyric_id AS song_lyric, s.requested_at AS song_requested_at, s.changed_at AS song_changed_at, s.state AS song_state, s.attempt AS song_attempt, s.provider_job AS song_job, s.failure AS song_failure, s.file_key AS song_key, s.file_bytes AS song_bytes, s.file_sha256 AS song_sha256, s.duration_ms AS song_ms, s.line_times, s.bars, s.instrumental, s.spare, s.project_id AS of_project, j.id AS job_id, j.kind, j.subject, j.member_id AS job_member, j.project_id AS job_project, j.due, j.state AS job_state, j.progress, j.draft FROM (SELECT r.id FROM songs r JOIN projects p ON p.id = r.project_id WHERE r.member_id = ? AND r.id < ? AND p.status <> 'archived' ORDER BY r.id DESC LIMIT ?) page JOIN songs s ON s.id = page.id LEFT JOIN jobs j ON j.stage_id = s.id AND s.state IN ('requested', 'submitting', 'composing', 'rendering', 'collecting', 'unresolved') ORDER BY s.id DESC, j.id;
-- VIDEO
SELECT v.id AS video_id, v.song_id AS video_song, v.orientation AS video_orientation, v.requested_at AS video_requested_at, v.changed_at AS video_changed_at, v.state AS video_state, v.attempt AS video_attempt, v.provider_job AS video_job, v.failure AS video_failure, v.file_key AS video_key, v.file_bytes AS video_bytes, v.file_sha256 AS video_sha256, v.duration_ms AS video_ms, v.project_id AS of_project, j.id AS job_id, j.kind, j.subject, j.member_id AS job_member, j.project_id AS job_project, j.due, j.state AS job_state, j.progress, j.draft FROM videos v LEFT JOIN jobs j ON j.stage_id = v.id AND v.state IN ('requested', 'submitting', 'composing', 'rendering', 'collecting', 'unresolved') WHERE v.id = ? AND v.member_id = ? ORDER BY j.id;
-- VIDEOS
SELECT v.id AS video_id, v.song_id AS video_song, v.orientation AS video_orientation, v.requested_at AS video_requested_at, v.changed_at AS video_changed_at, v.state AS video_state, v.attempt AS video_attempt, v.provider_job AS video_job, v.failure AS video_failure, v.file_key AS video_key, v.file_bytes AS video_bytes, v.file_sha256 AS video_sha256, v.duration_ms AS video_ms, v.project_id AS of_project, j.id AS job_id, j.kind, j.subject, j.member_id AS job_member, j.project_id AS job_project, j.due, j.state AS job_state, j.progress, j.draft FROM (SELECT r.id FROM videos r JOIN projects p ON p.id = r.project_id WHERE r.member_id = ? AND r.id < ? AND p.status <> 'archived' ORDER BY r.id DESC LIMIT ?) page JOIN videos v ON v.id = page.id LEFT JOIN jobs j ON j.stage_id = v.id AND v.state IN ('requested', 'submitting', 'composing', 'rendering', 'collecting', 'unresolved') ORDER BY v.id DESC, j.id;
-- AHEAD
SELECT COUNT(*) AS ahead FROM (SELECT q.id FROM jobs q WHERE q.state = 'waiting' AND q.due <= ? AND NOT (q.due = ? AND q.id >= ?) LIMIT ?) line;
-- LINE
SELECT q.due, q.id FROM jobs q WHERE q.state = 'waiting' AND q.due <= ? ORDER BY q.due, q.id LIMIT ?;
-- COUNTED_SONGS
SELECT s.id AS song_id, s.lyric_id AS song_lyric, s.requested_at AS song_requested_at, s.changed_at AS song_changed_at, s.state AS song_state, s.attempt AS song_attempt, s.provider_job AS song_job, s.failure AS song_failure, s.file_key AS song_key, s.file_bytes AS song_bytes, s.file_sha256 AS song_sha256, s.duration_ms AS song_ms, s.line_times, s.bars, s.instrumental, s.spare, p.id AS project_id, p.member_id AS project_member, p.business_name, p.region, p.details, p.language, p.orientation AS project_orientation, p.style, p.seed, p.status, p.goal, p.cancel_at, p.created_at, p.changed_at AS project_changed_at, p.version FROM (SELECT r.id FROM songs r JOIN projects p ON p.id = r.project_id WHERE r.member_id = ? AND p.status <> 'archived' ORDER BY r.id DESC LIMIT ? OFFSET ?) page JOIN songs s ON s.id = page.id JOIN projects p ON p.id = s.project_id ORDER BY s.id DESC;
-- SONG_COUNT
SELECT COUNT(*) AS total FROM songs r JOIN projects p ON p.id = r.project_id WHERE r.member_id = ? AND p.status <> 'archived';
-- COUNTED_VIDEOS
SELECT v.id AS video_id, v.song_id AS video_song, v.orientation AS video_orientation, v.requested_at AS video_requested_at, v.changed_at AS video_changed_at, v.state AS video_state, v.attempt AS video_attempt, v.provider_job AS video_job, v.failure AS video_failure, v.file_key AS video_key, v.file_bytes AS video_bytes, v.file_sha256 AS video_sha256, v.duration_ms AS video_ms, p.id AS project_id, p.member_id AS project_member, p.business_name, p.region, p.details, p.language, p.orientation AS project_orientation, p.style, p.seed, p.status, p.goal, p.cancel_at, p.created_at, p.changed_at AS project_changed_at, p.version FROM (SELECT MAX(r.id) AS id FROM videos r JOIN projects p ON p.id = r.project_id WHERE r.member_id = ? AND r.state = 'ready' AND p.status <> 'archived' GROUP BY r.project_id ORDER BY MAX(r.id) DESC LIMIT ? OFFSET ?) page JOIN videos v ON v.id = page.id JOIN projects p ON p.id = v.project_id ORDER BY v.id DESC;
-- VIDEO_COUNT
SELECT COUNT(DISTINCT r.project_id) AS total FROM videos r JOIN projects p ON p.id = r.project_id WHERE r.member_id = ? AND r.state = 'ready' AND p.status <> 'archived';
-- CAMPAIGN
SELECT id, name, total, opens_at, off_kind, off_amount, minimum_order, valid_days, issued, last_number, created_at, version FROM campaigns WHERE id = ?;
-- OPEN_CAMPAIGNS
SELECT id, name, total, opens_at, off_kind, off_amount, minimum_order, valid_days, issued, last_number, created_at, version FROM campaigns WHERE sold_out = FALSE AND id < ? AND opens_at <= ? ORDER BY id DESC LIMIT ?;
-- INSERT_CAMPAIGN
INSERT INTO campaigns (id, name, total, opens_at, off_kind, off_amount, minimum_order, valid_days, issued, last_number, sold_out, created_at, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);
-- UPDATE_CAMPAIGN
UPDATE campaigns SET issued = ?, last_number = ?, sold_out = ?, version = version + 1 WHERE id = ? AND version = ?;
-- COUPON
SELECT id, campaign_id, member_id, number, off_kind, off_amount, minimum_order, state, order_id, changed_at, issued_at, expires_at, version FROM coupons WHERE id = ?;
-- COUPONS
SELECT id, campaign_id, member_id, number, off_kind, off_amount, minimum_order, state, order_id, changed_at, issued_at, expires_at, version, (SELECT name FROM campaigns WHERE campaigns.id = coupons.campaign_id) AS campaign_name FROM coupons WHERE member_id = ? AND id < ? ORDER BY id DESC LIMIT ?;
-- HAD
SELECT id FROM coupons WHERE campaign_id = ? AND member_id = ?;
-- OVERDUE
SELECT id FROM coupons WHERE state = 'issued' AND expires_at <= ? ORDER BY expires_at, id LIMIT ?;
-- INSERT_COUPON
INSERT INTO coupons (id, campaign_id, member_id, number, off_kind, off_amount, minimum_order, state, order_id, changed_at, issued_at, expires_at, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);
-- UPDATE_COUPON
UPDATE coupons SET state = ?, order_id = ?, changed_at = ?, version = version + 1 WHERE id = ? AND version = ?;
-- APPEND
INSERT INTO events (member_id, seq, kind, project_id, at, data) VALUES (?, ?, ?, ?, ?, ?);
-- EVENTS
SELECT seq, kind, project_id, at, data FROM events WHERE member_id = ? AND seq > ? ORDER BY seq LIMIT ?;
-- EVENTS_OF_PROJECT
SELECT seq, kind, project_id, at, data FROM events WHERE member_id = ? AND project_id = ? AND seq > ? ORDER BY seq LIMIT ?;
-- RENEW
UPDATE locks SET held_until = ? WHERE name = ? AND owner = ? AND token = ? AND held_until > ?;
-- RELEASE
UPDATE locks SET owner = NULL WHERE name = ? AND owner = ? AND token = ?;
-- FORGET
DELETE FROM locks WHERE held_until < ? AND name <> 'epochs';
-- ABANDON
UPDATE locks SET owner = NULL WHERE name = ? AND owner = ?;
-- LOT
SELECT point_lots.id, point_lots.member_id, point_lots.kind, point_lots.first_out, point_lots.amount, point_lots.remaining, point_lots.state, point_lots.expires_at, point_lots.created_at, point_lots.origin_id, point_lots.source FROM point_lots WHERE point_lots.id = ?;
-- LIVE_BY_TIME
SELECT live_until, CAST(SUM(remaining) AS SIGNED) AS amount FROM point_lots WHERE member_id = ? AND live_until > ? GROUP BY live_until ORDER BY live_until;
-- HISTORY
SELECT id, kind, amount, balance, lot_id, usage_id, order_number, counterpart_id, at FROM point_entries WHERE member_id = ? AND id < ? ORDER BY id DESC LIMIT ?;
-- HISTORY_OF_ORDER
SELECT id, kind, amount, balance, lot_id, usage_id, order_number, counterpart_id, at FROM point_entries WHERE member_id = ? AND order_number = ? AND id < ? ORDER BY id DESC LIMIT ?;
-- OVERDUE
SELECT DISTINCT member_id FROM point_lots WHERE live_until <= ? LIMIT ?;
-- ACCOUNTS
SELECT member_id FROM point_accounts WHERE member_id > ? AND version > 0 ORDER BY member_id LIMIT ?;
-- LIVE_LOTS
SELECT point_lots.id, point_lots.member_id, point_lots.kind, point_lots.first_out, point_lots.amount, point_lots.remaining, point_lots.state, point_lots.expires_at, point_lots.created_at, point_lots.origin_id, point_lots.source FROM point_lots WHERE member_id = ? AND live_until IS NOT NULL;
-- LOTS_OF_USAGE
SELECT point_lots.id, point_lots.member_id, point_lots.kind, point_lots.first_out, point_lots.amount, point_lots.remaining, point_lots.state, point_lots.expires_at, point_lots.created_at, point_lots.origin_id, point_lots.source FROM point_usage_details JOIN point_lots ON point_lots.id = point_usage_details.lot_id WHERE point_usage_details.usage_id = ?;
-- LOT_OF_MEMBER
SELECT point_lots.id, point_lots.member_id, point_lots.kind, point_lots.first_out, point_lots.amount, point_lots.remaining, point_lots.state, point_lots.expires_at, point_lots.created_at, point_lots.origin_id, point_lots.source FROM point_lots WHERE point_lots.id = ? AND point_lots.member_id = ?;
-- USAGE
SELECT id, order_number, amount, canceled, at FROM point_usages WHERE id = ? AND member_id = ?;
-- USAGE_OF_ORDER
SELECT id, order_number, amount, canceled, at FROM point_usages WHERE member_id = ? AND order_number = ?;
-- DETAILS
SELECT lot_id, amount, canceled FROM point_usage_details WHERE usage_id = ? ORDER BY place;
-- SUMS
SELECT kind, CAST(SUM(amount) AS SIGNED) AS amount FROM point_entries WHERE member_id = ? GROUP BY kind;
-- TOTALS
SELECT available, accumulated, used, expired FROM point_totals WHERE member_id = ?;
-- UPDATE_ACCOUNT
UPDATE point_accounts SET version = version + 1, balance = ? WHERE member_id = ? AND version = ?;
-- INSERT_LOT
INSERT INTO point_lots (id, member_id, kind, first_out, amount, remaining, state, expires_at, created_at, origin_id, source, live_until) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);
-- UPDATE_LOT
UPDATE point_lots SET remaining = ?, state = ?, live_until = ? WHERE id = ?;
-- INSERT_USAGE
INSERT INTO point_usages (id, member_id, order_number, amount, canceled, at) VALUES (?, ?, ?, ?, ?, ?);
-- UPDATE_USAGE
UPDATE point_usages SET canceled = ? WHERE id = ?;
-- INSERT_DETAIL
INSERT INTO point_usage_details (usage_id, place, lot_id, amount, canceled) VALUES (?, ?, ?, ?, ?);
-- UPDATE_DETAIL
UPDATE point_usage_details SET canceled = ? WHERE usage_id = ? AND place = ?;
-- INSERT_ENTRY
INSERT INTO point_entries (member_id, id, kind, amount, balance, lot_id, usage_id, order_number, counterpart_id, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?);
-- INSERT_TOTALS
INSERT INTO point_totals (available, accumulated, used, expired, version, member_id) VALUES (?, ?, ?, ?, ?, ?);
-- RAISE_TOTALS
UPDATE point_totals SET available = available + ?, accumulated = accumulated + ?, used = used + ?, expired = expired + ?, version = ? WHERE member_id = ?;
-- SET_TOTALS
UPDATE point_totals SET available = ?, accumulated = ?, used = ?, expired = ?, version = ? WHERE member_id = ?;
-- FIND
SELECT p.id AS project_id, p.member_id AS project_member, p.business_name, p.region, p.details, p.language, p.orientation AS project_orientation, p.style, p.seed, p.status, p.goal, p.cancel_at, p.created_at, p.changed_at AS project_changed_at, p.version, i.id AS image_id, i.file_key AS image_key, i.file_bytes AS image_bytes, i.file_sha256 AS image_sha256, i.width, i.height, i.added_at, l.id AS lyric_id, l.requested_at AS lyric_requested_at, l.changed_at AS lyric_changed_at, l.state AS lyric_state, l.tries, l.title, l.sections, l.edited, l.failure AS lyric_failure, s.id AS song_id, s.lyric_id AS song_lyric, s.requested_at AS song_requested_at, s.changed_at AS song_changed_at, s.state AS song_state, s.attempt AS song_attempt, s.provider_job AS song_job, s.failure AS song_failure, s.file_key AS song_key, s.file_bytes AS song_bytes, s.file_sha256 AS song_sha256, s.duration_ms AS song_ms, s.line_times, s.bars, s.instrumental, s.spare, v.id AS video_id, v.song_id AS video_song, v.orientation AS video_orientation, v.requested_at AS video_requested_at, v.changed_at AS video_changed_at, v.state AS video_state, v.attempt AS video_attempt, v.provider_job AS video_job, v.failure AS video_failure, v.file_key AS video_key, v.file_bytes AS video_bytes, v.file_sha256 AS video_sha256, v.duration_ms AS video_ms FROM projects p LEFT JOIN images i ON i.project_id = p.id AND i.state = 'kept' LEFT JOIN lyrics l ON l.id = p.lyric_id AND COALESCE(i.position, 0) = 0 LEFT JOIN songs s ON s.id = p.song_id AND COALESCE(i.position, 0) = 0 LEFT JOIN videos v ON v.id = p.video_id AND COALESCE(i.position, 0) = 0 WHERE p.id = ? ORDER BY i.position;
-- OF_SONG
SELECT s.project_id FROM songs s WHERE s.attempt = ?;
-- OF_VIDEO
SELECT v.project_id FROM videos v WHERE v.attempt = ?;
-- INSERT_PROJECT
INSERT INTO projects (business_name, region, details, language, orientation, style, seed, status, goal, cancel_at, changed_at, lyric_id, song_id, video_id, id, version, member_id, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);
-- UPDATE_PROJECT
UPDATE projects SET business_name = ?, region = ?, details = ?, language = ?, orientation = ?, style = ?, seed = ?, status = ?, goal = ?, cancel_at = ?, changed_at = ?, lyric_id = ?, song_id = ?, video_id = ?, version = version + 1 WHERE id = ? AND version = ?;
-- INSERT_IMAGE
INSERT INTO images (id, project_id, position, file_key, file_bytes, file_sha256, width, height, added_at, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?);
-- PLACE_IMAGE
UPDATE images SET position = ? WHERE id = ?;
-- REMOVE_IMAGE
UPDATE images SET state = ? WHERE id = ?;
-- INSERT_LYRIC
INSERT INTO lyrics (changed_at, state, tries, title, sections, edited, failure, id, project_id, member_id, requested_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);
-- UPDATE_LYRIC
UPDATE lyrics SET changed_at = ?, state = ?, tries = ?, title = ?, sections = ?, edited = ?, failure = ? WHERE id = ?;
-- INSERT_SONG
INSERT INTO songs (changed_at, state, attempt, provider_job, failure, file_key, file_bytes, file_sha256, duration_ms, line_times, bars, instrumental, spare, id, project_id, member_id, lyric_id, requested_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);
-- UPDATE_SONG
UPDATE songs SET changed_at = ?, state = ?, attempt = ?, provider_job = ?, failure = ?, file_key = ?, file_bytes = ?, file_sha256 = ?, duration_ms = ?, line_times = ?, bars = ?, instrumental = ?, spare = ? WHERE id = ?;
-- INSERT_VIDEO
INSERT INTO videos (changed_at, state, attempt, provider_job, failure, file_key, file_bytes, file_sha256, duration_ms, id, project_id, member_id, song_id, orientation, requested_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);
-- UPDATE_VIDEO
UPDATE videos SET changed_at = ?, state = ?, attempt = ?, provider_job = ?, failure = ?, file_key = ?, file_bytes = ?, file_sha256 = ?, duration_ms = ? WHERE id = ?;
-- ACCOUNT
SELECT members.id AS member, members.name AS member_name, members.joined_at, profiles.name AS name, profiles.address, profiles.password, profiles.language, profiles.notify_finished, profiles.notify_failed, profiles.notify_expiring, profiles.changed_at, profiles.version FROM members LEFT JOIN profiles ON profiles.member_id = members.id WHERE members.id = ?;
-- BY_EMAIL
SELECT members.id AS member, members.name AS member_name, members.joined_at, profiles.name AS name, profiles.address, profiles.password, profiles.language, profiles.notify_finished, profiles.notify_failed, profiles.notify_expiring, profiles.changed_at, profiles.version FROM profiles JOIN members ON members.id = profiles.member_id WHERE profiles.address_key = ?;
-- INSERT
INSERT INTO profiles (member_id, name, address, address_key, password, language, notify_finished, notify_failed, notify_expiring, changed_at, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);
-- UPDATE
UPDATE profiles SET name = ?, language = ?, notify_finished = ?, notify_failed = ?, notify_expiring = ?, changed_at = ?, version = version + 1 WHERE member_id = ? AND version = ?;
-- PUSH
INSERT INTO jobs (id, kind, subject, stage_id, member_id, project_id, state, due, fence, attempts, progress) VALUES (?, ?, ?, ?, ?, ?, 'waiting', ?, 0, 0, 0.0);
-- HURRY
UPDATE jobs SET due = ? WHERE stage_id = ? AND kind = ? AND subject = ? AND state = 'waiting' AND due > ?;
-- FINISH
DELETE FROM jobs WHERE id = ? AND fence = ? AND state = 'running';
-- HOLD
UPDATE jobs SET fence = fence WHERE id = ? AND fence = ? AND state = 'running';
-- RENEW
UPDATE jobs SET lease_until = ?, progress = ? WHERE id = ? AND fence = ? AND state = 'running';
-- PUT_BACK
UPDATE jobs SET state = 'waiting', lease_until = NULL, due = ?, attempts = ?, progress = ? WHERE id = ? AND fence = ? AND state = 'running';
-- SKETCH
UPDATE jobs SET draft = ? WHERE id = ? AND fence = ? AND state = 'running';
-- BURY
UPDATE jobs SET state = 'dead', lease_until = NULL, reason = ? WHERE id = ? AND fence = ? AND state = 'running';
-- NEXT_DUE
SELECT MIN(next.at) AS at FROM (SELECT MIN(w.due) AS at FROM jobs w WHERE w.state = 'waiting' UNION ALL SELECT MIN(r.lease_until) FROM jobs r WHERE r.state = 'running') next;
-- COUNTS
SELECT state, COUNT(*) AS jobs FROM jobs WHERE state IN ('waiting', 'running', 'dead') GROUP BY state;
-- FIND
SELECT fingerprint, status, location, body, at FROM replies WHERE member_id = ? AND name = ? AND at >= ?;
-- GIVE_WAY
DELETE FROM replies WHERE member_id = ? AND name = ? AND at < ?;
-- INSERT
INSERT INTO replies (member_id, name, fingerprint, status, location, body, at) VALUES (?, ?, ?, ?, ?, ?, ?);
-- FORGET
DELETE FROM replies WHERE at < ?;
-- SETTINGS
SELECT settings_head.version, settings.name, settings.value FROM settings_head LEFT JOIN settings ON 1 = 1 WHERE settings_head.id = 1;
-- RAISE
UPDATE settings_head SET version = ? WHERE id = 1 AND version = ?;
-- SET
UPDATE settings SET value = ? WHERE name = ?;
-- FIRST_SET
INSERT INTO settings (name, value) VALUES (?, ?);
-- NOTE
INSERT INTO setting_changes (version, name, old_value, new_value, changed_by, changed_at) VALUES (?, ?, ?, ?, ?, ?);
-- HISTORY
SELECT version, name, old_value, new_value, changed_by, changed_at FROM setting_changes WHERE version > ? ORDER BY version DESC LIMIT ?;
-- HISTORY_OF
SELECT version, name, old_value, new_value, changed_by, changed_at FROM setting_changes WHERE name = ? ORDER BY version DESC LIMIT ?;
-- PACK
SELECT id, name, points, price, stock, hot, created_at, version FROM packs WHERE id = ?;
-- PACKS
SELECT id, name, points, price, stock, hot, created_at, version FROM packs WHERE id < ? ORDER BY id DESC LIMIT ?;
-- INSERT_PACK
INSERT INTO packs (id, name, points, price, stock, hot, created_at, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?);
-- UPDATE_PACK
UPDATE packs SET name = ?, points = ?, price = ?, stock = ?, hot = ?, version = version + 1 WHERE id = ? AND version = ?;
-- ORDER
SELECT id, member_id, pack_id, quantity, points, total, discount, coupon_id, reserved, state, changed_at, payment, lot_id, ending, attempted, created_at, expires_at, version FROM orders WHERE id = ?;
-- ORDER_OF
SELECT id, member_id, pack_id, quantity, points, total, discount, coupon_id, reserved, state, changed_at, payment, lot_id, ending, attempted, created_at, expires_at, version FROM orders WHERE id = ? AND member_id = ?;
-- ORDERS
SELECT id, member_id, pack_id, quantity, points, total, discount, coupon_id, reserved, state, changed_at, payment, lot_id, ending, attempted, created_at, expires_at, version FROM orders WHERE member_id = ? AND id < ? ORDER BY id DESC LIMIT ?;
-- UNPAID
SELECT id FROM orders WHERE state = 'pending' AND due_at <= ? ORDER BY due_at, id LIMIT ?;
-- DOUBTFUL
SELECT id FROM orders WHERE state IN ('paying', 'closing') AND due_at <= ? ORDER BY due_at, id LIMIT ?;
-- INSERT_ORDER
INSERT INTO orders (id, member_id, pack_id, quantity, points, total, discount, coupon_id, reserved, state, changed_at, payment, lot_id, ending, attempted, created_at, expires_at, due_at, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);
-- UPDATE_ORDER
UPDATE orders SET state = ?, changed_at = ?, payment = ?, lot_id = ?, ending = ?, attempted = ?, due_at = ?, version = version + 1 WHERE id = ? AND version = ?;
-- CHANNEL
SELECT c.id, c.name, c.dates, c.slots, c.price, c.queue, c.opened_at FROM channels c WHERE c.id = ?;
-- CHANNELS
SELECT c.id, c.name, c.dates, c.slots, c.price, c.queue, c.opened_at FROM channels c WHERE c.id < ? ORDER BY c.id DESC LIMIT ?;
-- SLOTS
SELECT s.id AS slot_id, s.channel_id, s.air_date, s.number, s.price, s.state, s.hold_id, s.held_until FROM slots s WHERE s.channel_id = ? AND s.air_date >= ? AND s.air_date <= ? AND NOT (s.air_date = ? AND s.number <= ?) ORDER BY s.air_date, s.number LIMIT ?;
-- SLOT
SELECT s.id AS slot_id, s.channel_id, s.air_date, s.number, s.price, s.state, s.hold_id, s.held_until, c.queue FROM slots s JOIN channels c ON c.id = s.channel_id WHERE s.id = ?;
-- BOOKING
SELECT h.id AS hold_id, h.slot_id, h.member_id, h.price, h.state, h.video_id, h.held_at, h.expires_at, h.changed_at, s.channel_id, s.air_date, s.number, c.name, c.queue FROM holds h JOIN slots s ON s.id = h.slot_id JOIN channels c ON c.id = s.channel_id WHERE h.id = ? AND h.member_id = ?;
-- BOOKINGS
SELECT h.id AS hold_id, h.slot_id, h.member_id, h.price, h.state, h.video_id, h.held_at, h.expires_at, h.changed_at, s.channel_id, s.air_date, s.number, c.name, c.queue FROM (SELECT r.id FROM holds r WHERE r.member_id = ? AND r.id < ? ORDER BY r.id DESC LIMIT ?) page JOIN holds h ON h.id = page.id JOIN slots s ON s.id = h.slot_id JOIN channels c ON c.id = s.channel_id ORDER BY h.id DESC;
-- IN_QUEUE
SELECT t.token, t.channel_id, t.member_id, t.number, t.issued_at, t.active_at, t.used_at, q.channel_id AS queue_channel, q.issued, q.window_at, q.admitted FROM queue_tickets t JOIN booking_queues q ON q.channel_id = t.channel_id WHERE t.token = ? AND t.member_id = ?;
-- INSERT_CHANNEL
INSERT INTO channels (id, name, dates, slots, price, queue, opened_at) VALUES (?, ?, ?, ?, ?, ?, ?);
-- TAKE
UPDATE slots SET state = 'held', hold_id = ?, held_until = ?, version = version + 1 WHERE id = ? AND (state = 'available' OR state = 'held' AND held_until <= ?);
-- BOOK
UPDATE slots SET state = 'reserved', held_until = NULL, version = version + 1 WHERE id = ? AND hold_id = ? AND state = 'held';
-- FREE
UPDATE slots SET state = 'available', hold_id = NULL, held_until = NULL, version = version + 1 WHERE id = ? AND hold_id = ?;
-- SLOT_OF
SELECT h.slot_id FROM holds h WHERE h.id = ?;
-- LOCK_SLOT
UPDATE slots SET version = version WHERE id = ?;
-- HOLD
SELECT h.id AS hold_id, h.slot_id, h.member_id, h.price, h.state, h.video_id, h.held_at, h.expires_at, h.changed_at, s.channel_id, s.air_date, s.number FROM holds h JOIN slots s ON s.id = h.slot_id WHERE h.id = ?;
-- HOLD_OF
SELECT h.id AS hold_id, h.slot_id, h.member_id, h.price, h.state, h.video_id, h.held_at, h.expires_at, h.changed_at, s.channel_id, s.air_date, s.number FROM holds h JOIN slots s ON s.id = h.slot_id WHERE h.active_slot = ?;
-- INSERT_HOLD
INSERT INTO holds (id, slot_id, active_slot, member_id, price, state, video_id, held_at, expires_at, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?);
-- WRITE_HOLD
UPDATE holds SET state = ?, active_slot = ?, video_id = ?, changed_at = ? WHERE id = ? AND state = ?;
-- HELD_BY
SELECT COUNT(*) AS held FROM holds h WHERE h.member_id = ? AND h.state = 'held' AND h.expires_at > ?;
-- INSERT_QUEUE
INSERT INTO booking_queues (channel_id, issued, window_at, admitted) VALUES (?, ?, ?, ?);
-- LOCK_QUEUE
UPDATE booking_queues SET issued = issued WHERE channel_id = ?;
-- QUEUE
SELECT q.channel_id AS queue_channel, q.issued, q.window_at, q.admitted FROM booking_queues q WHERE q.channel_id = ?;
-- RAISE_QUEUE
UPDATE booking_queues SET issued = ?, window_at = ?, admitted = ? WHERE channel_id = ? AND issued = ?;
-- INSERT_TICKET
INSERT INTO queue_tickets (token, channel_id, member_id, number, issued_at, active_at, used_at) VALUES (?, ?, ?, ?, ?, ?, ?);
-- NEWEST_TICKET
SELECT t.token, t.channel_id, t.member_id, t.number, t.issued_at, t.active_at, t.used_at FROM queue_tickets t WHERE t.channel_id = ? AND t.member_id = ? ORDER BY t.number DESC LIMIT 1;
-- LOCK_TICKET
UPDATE queue_tickets SET number = number WHERE token = ?;
-- TICKET
SELECT t.token, t.channel_id, t.member_id, t.number, t.issued_at, t.active_at, t.used_at FROM queue_tickets t WHERE t.token = ?;
-- USE_TICKET
UPDATE queue_tickets SET used_at = ? WHERE token = ? AND used_at IS NULL;
-- OLD_TICKETS
SELECT token FROM queue_tickets WHERE active_at < ? ORDER BY active_at LIMIT ?;
-- FORGET_TICKET
DELETE FROM queue_tickets WHERE token = ?;
-- HEAD
SELECT c.id, c.due, CAST(c.place + (SELECT COUNT(*) FROM jobs r FORCE INDEX (jobs_member) WHERE r.state = 'running' AND r.member_id = c.member_id AND r.lease_until > ?) AS SIGNED) AS turn FROM (SELECT d.id, d.member_id, d.due, ROW_NUMBER() OVER (PARTITION BY d.member_id ORDER BY d.due, d.id) - 1 AS place FROM ( (SELECT h.id, h.member_id, h.due FROM jobs h FORCE INDEX (jobs_line) WHERE h.state = 'waiting' AND h.due <= ? ORDER BY h.due, h.id LIMIT 50) UNION ALL (SELECT e.id, e.member_id, e.due FROM jobs e FORCE INDEX (jobs_lease) WHERE e.state = 'running' AND e.lease_until <= ?)) d) c ORDER BY turn, c.due, c.id;
-- LINE
SELECT (SELECT f.id FROM jobs f FORCE INDEX (jobs_member) WHERE f.state = 'waiting' AND f.member_id = m.member_id ORDER BY f.state, f.member_id, f.due, f.id LIMIT 1) AS id, m.due, (SELECT COUNT(*) FROM jobs r FORCE INDEX (jobs_member) WHERE r.state = 'running' AND r.member_id = m.member_id AND r.lease_until > ?) AS turn FROM (SELECT w.state, w.member_id, MIN(w.due) AS due FROM jobs w FORCE INDEX (jobs_member) WHERE w.state = 'waiting' GROUP BY w.state, w.member_id) m WHERE m.due <= ? ORDER BY turn, m.due, id LIMIT 50;
-- HOLD
SELECT id, kind, subject, member_id, project_id, due, fence + 1 AS fence, attempts, progress FROM jobs WHERE id = ? AND (state = 'waiting' AND due <= ? OR state = 'running' AND lease_until <= ?) FOR UPDATE SKIP LOCKED;
-- CLAIM
UPDATE jobs SET state = 'running', fence = fence + 1, lease_until = ? WHERE id = ?;
-- LOCK
INSERT INTO locks (name, owner, token, held_until) VALUES (?, ?, LAST_INSERT_ID(?), ?) ON DUPLICATE KEY UPDATE token = CASE WHEN owner = ? AND held_until > ? THEN LAST_INSERT_ID(token) WHEN owner IS NULL OR owner = ? OR held_until <= ? THEN LAST_INSERT_ID(token + 1) ELSE token + LAST_INSERT_ID(0) END, owner = CASE WHEN owner IS NULL OR held_until <= ? THEN ? ELSE owner END, held_until = CASE WHEN owner = ? THEN ? ELSE held_until END;
-- RAISE
INSERT INTO event_heads (member_id, seq) VALUES (?, LAST_INSERT_ID(?)) ON DUPLICATE KEY UPDATE seq = LAST_INSERT_ID(seq + ?);
-- EPOCH
INSERT INTO locks (name, token, held_until) VALUES ('epochs', LAST_INSERT_ID(1), '1970-01-01') ON DUPLICATE KEY UPDATE token = LAST_INSERT_ID(token + 1);
-- HOLD_ACCOUNT
SELECT point_accounts.version, point_accounts.balance, (SELECT settings_head.version FROM settings_head WHERE settings_head.id = 1) AS settings FROM point_accounts WHERE member_id = ? FOR UPDATE;
-- OPEN_ACCOUNT
INSERT INTO point_accounts (member_id, version, balance) SELECT id, 0, 0 FROM members WHERE id = ? ON DUPLICATE KEY UPDATE point_accounts.version = point_accounts.version;
-- HOLD_SETTINGS
SELECT version FROM settings_head WHERE id = 1 FOR UPDATE;
-- HOLD_CAMPAIGN
SELECT id, name, total, opens_at, off_kind, off_amount, minimum_order, valid_days, issued, last_number, created_at, version FROM campaigns WHERE id = ? FOR UPDATE;
-- HOLD_PACK
SELECT id, name, points, price, stock, hot, created_at, version FROM packs WHERE id = ? FOR UPDATE;
-- HOLD_ORDER
SELECT id, member_id, pack_id, quantity, points, total, discount, coupon_id, reserved, state, changed_at, payment, lot_id, ending, attempted, created_at, expires_at, version FROM orders WHERE id = ? FOR UPDATE;
-- LAPSED
SELECT STRAIGHT_JOIN h.id AS hold_id, h.slot_id, h.member_id, h.price, h.state, h.video_id, h.held_at, h.expires_at, h.changed_at, s.channel_id, s.air_date, s.number FROM slots s FORCE INDEX (slots_held_until) JOIN holds h ON h.id = s.hold_id WHERE s.held_until <= ? ORDER BY s.held_until LIMIT ? FOR UPDATE SKIP LOCKED;
