"""From a received file to texts and sheets: archives, encodings, workbooks."""
