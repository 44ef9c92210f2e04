"""A large sheet checked column by column: the same outcomes and problems as row by row, without a draft per row.

    lines     compiled loops over the bytes of a csv: whether they are UTF-8, where its lines and cells stand
    sheet_xml compiled loops over the bytes of a workbook's sheet: how far its cells reach
    scan      compiled loops over the bytes of a column: identity numbers, phones, names, distinct contents, ages
    pieces    a sheet as columns, from the bytes of a csv or from the rows of a workbook
    readings  what each column states: its distinct contents read once by the readers of `matcher.intake.readers`
    faults    remarks on rows as columns: row, place in the row's order, which remark; made into problems when asked
    people    what a worker's columns say together: age, sex, home, the same number twice
    survey    all of it: an outcome for each row and every problem in the order of the file

A row whose cells are all of a form that is proven to be read without surprise is decided here. Any other row, and every
row it might meet (the same number, the same remark said once), goes through `matcher.intake.rows` as it always did.
What a sheet must be like for this is said by `matcher.intake.checking`; any other sheet, and every sheet without the
extra `fast`, is read row by row.
"""
