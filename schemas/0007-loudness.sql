-- How loud each second's speech is: for exports and plots, which have no audio.
ALTER TABLE channel ADD COLUMN loudness BLOB NOT NULL DEFAULT x'';
