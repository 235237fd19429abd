"""The ground floor: money, time, actors, events, ids and errors; standard library only."""
