"""Persons: who they are, how old, how to reach them, what they look like."""

from __future__ import annotations

from mappers.schema.parts.table import FormModel, Text, column


class Named(FormModel):
    """Who somebody is: part in the case, name, and whose child or spouse."""

    role: Text = column("Role", "code", codes="person_role", high=True, mandatory=True)
    name: Text = column("Name", "name", high=True, private="person")
    alias: Text = column("Alias", "name", private="person")
    relation: Text = column("Relation", "code", codes="relation_type", private="person")
    relative_name: Text = column("Father's, husband's or other relative's name", "name", high=True, private="kin")


class Age(FormModel):
    """How old somebody is, in the way it was written: an age, a span, a year or a date of birth.

    An age is that on the day of the record unless age_as_of says otherwise.
    """

    sex: Text = column("Sex", "code", codes="sex")
    age: Text = column("Age in years", "int")
    age_months: Text = column("Age: months beside the years", "int")
    age_from: Text = column("Age: from", "int")
    age_to: Text = column("Age: to", "int")
    age_as_of: Text = column("Day on which the age was told", "date")
    birth_year: Text = column("Year of birth", "year")
    birth_date: Text = column("Date of birth", "date", private="person")


class Contact(FormModel):
    """Where somebody lives, as written, and how to reach them."""

    address: Text = column("Address", "text", private="kin")
    phone: Text = column("Phone or mobile", "text", high=True, private="person")
    mobile: Text = column("Mobile", "text", high=True, private="person")
    email: Text = column("E-mail", "text", private="person")


class Status(FormModel):
    """What the forms ask of everybody's standing."""

    nationality: Text = column("Nationality", "code", codes="nationality")
    religion: Text = column("Religion", "code", codes="religion")
    caste_category: Text = column("SC, ST, OBC or other", "code", codes="caste_category")
    caste: Text = column("Caste or tribe", "text", private="person")
    occupation: Text = column("Occupation", "text", private="person")
    occupation_code: Text = column("Occupation, of the list", "code", codes="occupation", private="person")


class Standing(FormModel):
    """What longer forms ask besides: schooling, marriage, income."""

    education: Text = column("Education", "code", codes="education")
    marital_status: Text = column("Marital status", "code", codes="marital_status")
    living_status: Text = column("Living status", "code", codes="living_status")
    income_group: Text = column("Income group", "code", codes="income_group")


class Passport(FormModel):
    """A passport, and the identity number, of which the last four digits are kept."""

    uid_last4: Text = column("UID number: last four digits", "text", private="person")
    passport_no: Text = column("Passport number", "text", private="person")
    passport_issued_on: Text = column("Passport: date of issue", "date")
    passport_issued_at: Text = column("Passport: place of issue", "text", private="person")


class IdPaper(FormModel):
    """One identity paper of one person."""

    person_line: Text = column("Line of the person among the record's persons", "int")
    id_type: Text = column("Kind of identity paper", "code", codes="id_type")
    id_number: Text = column("Number of the identity paper", "text", private="person")


class Features(FormModel):
    """What somebody looks like. The five marks say where on the body they are."""

    build: Text = column("Build", "code", codes="build")
    height_cm: Text = column("Height (cm), or from", "int")
    height_to_cm: Text = column("Height (cm): to", "int")
    complexion: Text = column("Complexion", "code", codes="complexion")
    face: Text = column("Face", "code", codes="face")
    identification_marks: Text = column("Identification marks", "text", private="person")
    deformity: Text = column("Deformities or peculiarities", "code", codes="deformity")
    teeth: Text = column("Teeth", "code", codes="teeth")
    hair: Text = column("Hair", "code", codes="hair")
    eyes: Text = column("Eyes", "code", codes="eye")
    nose: Text = column("Nose", "text")
    beard: Text = column("Beard", "text")
    moustache: Text = column("Moustache", "text")
    habits: Text = column("Habits", "code", codes="habit")
    dress: Text = column("Dress habits", "code", codes="dress")
    language: Text = column("Language or dialect", "code", codes="language")
    burn_mark: Text = column("Burn mark: where", "code", codes="body_part")
    leucoderma: Text = column("Leucoderma: where", "code", codes="body_part")
    mole: Text = column("Mole: where", "code", codes="body_part")
    scar: Text = column("Scar: where", "code", codes="body_part")
    tattoo: Text = column("Tattoo: where", "code", codes="body_part")
    other_features: Text = column("Other features", "text", private="person")


class Identity(Contact, Age, Named):
    """A person as every form knows them: name, age, where to find them."""


class Person(Passport, Status, Identity):
    """A person of whom a form asks the standing and papers, too."""
