INSERT IGNORE INTO settings_head (id, version) VALUES (1, 0);
