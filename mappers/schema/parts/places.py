"""Addresses: as written, and taken apart."""

from __future__ import annotations

from mappers.schema.parts.table import FormModel, Text, column


class Address(FormModel):
    """One address. address: as written; the parts are what of it is known for certain."""

    address_of: Text = column("What the address is of", "code", codes="address_of")
    address: Text = column("Address as written", "text", private="kin")
    house: Text = column("House", "text", private="kin")
    street: Text = column("Street", "text", private="kin")
    locality: Text = column("Locality or landmark", "text", private="kin")
    village_town: Text = column("Village or town", "text", private="kin")
    tehsil: Text = column("Tehsil, taluk, mandal or block", "text")
    address_police_station: Text = column("Police station of the address", "text")
    address_district: Text = column("District of the address", "text")
    address_state: Text = column("State of the address", "text")
    pin: Text = column("PIN code", "text", private="kin")
    country: Text = column("Country", "text")
    latitude: Text = column("Latitude", "text", private="kin")
    longitude: Text = column("Longitude", "text", private="kin")


class PersonAddress(Address):
    """An address of a person, or of a place that the form tells of."""

    person_line: Text = column("Line of the person among the record's persons", "int")
    address_type: Text = column("Present or permanent", "code", codes="address_type")
    is_verified: Text = column("Address is verified", "code", codes="yes_no")
