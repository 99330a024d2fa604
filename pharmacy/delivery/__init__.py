"""From the shelf to the door: the claim, the packs, the parcel and who had it."""
