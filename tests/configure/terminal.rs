//! `configure` on a terminal: what the options leave open is asked.
