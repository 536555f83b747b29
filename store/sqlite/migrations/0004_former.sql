-- Links may keep the id of a record that is gone and to be made anew, and units
-- when a create was first sent: two more parts of their bodies, which programs
-- that know version 3 would take for damage. Nothing else is different.

SELECT 4;
