-- Why points came back, in the words of who had them come back.
ALTER TABLE point_entries ADD COLUMN reason VARCHAR(200) COLLATE utf8mb4_bin;
