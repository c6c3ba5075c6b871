"""The same form in other people's libraries, each written as its documentation shows."""
