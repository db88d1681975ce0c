"""Sound, pictures and the files that hold them: the only user of PyAV, ffmpeg and Pillow."""
