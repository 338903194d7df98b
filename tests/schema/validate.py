# SPDX-License-Identifier: GPL-2.0-only
"""validate.py FOLDER MANIFEST: are the outputs that MANIFEST lists what the schemas in FOLDER say?

A line of MANIFEST is "SCHEMA FILE": FILE is one JSON value, or one a line, each of SCHEMA.json ("list/rules": of one of its
$defs).  Each schema is looked at as well: an object says which keys it may have.  Exit status 0, or 1 with what is wrong.
"""
import json
import pathlib
import sys

import jsonschema


def walk(schema, path, wrong):
    """Objects that would take any key."""
    if isinstance(schema, list):
        for i, part in enumerate(schema):
            walk(part, f"{path}/{i}", wrong)
    if not isinstance(schema, dict):
        return
    if "properties" in schema and isinstance(schema["properties"], dict) and "additionalProperties" not in schema:
        wrong.append(f"{path}: an object that takes any key")
    for key, part in schema.items():
        if key in ("properties", "$defs") and isinstance(part, dict):
            # Its keys are names, of which one may be that of a keyword.
            for name, named in part.items():
                walk(named, f"{path}/{key}/{name}", wrong)
        else:
            walk(part, f"{path}/{key}", wrong)


def inside(value, name):
    """References of a schema's file, in one value that has all files as its $defs."""
    if isinstance(value, dict):
        return {k: refer(v, name) if k == "$ref" else inside(v, name) for k, v in value.items() if k != "$id"}
    if isinstance(value, list):
        return [inside(v, name) for v in value]
    return value


def refer(ref, name):
    file, _, pointer = ref.partition("#")
    return f"#/$defs/{file.removesuffix('.json') or name}{pointer}"


def documents(path):
    text = path.read_text()
    try:
        return [json.loads(text)]
    except json.JSONDecodeError:
        return [json.loads(line) for line in text.splitlines() if line]


# Keys whose strings a schema names one by one.
WORDS = ("event", "outcome", "verdict", "status", "wait", "what")


def shape(value):
    """What a schema can tell apart: keys, types, and what strings look like."""
    if isinstance(value, dict):
        return tuple((k, v if k in WORDS and isinstance(v, str) else shape(v)) for k, v in sorted(value.items()))
    if isinstance(value, list):
        return ("list",) + tuple(sorted({shape(v) for v in value}, key=repr))
    if isinstance(value, str):
        return "0x" if value.startswith("0x") else "word"
    return type(value).__name__


def main(folder, manifest):
    wrong = []
    seen = set()
    files = {f.stem: json.loads(f.read_text()) for f in sorted(pathlib.Path(folder).glob("*.json"))}
    for name, schema in files.items():
        walk(schema, name, wrong)
        jsonschema.Draft202012Validator.check_schema(schema)
    everything = {name: inside(schema, name) for name, schema in files.items()}
    count = 0
    for line in pathlib.Path(manifest).read_text().splitlines():
        schema, path = line.split(" ", 1)
        name, _, part = schema.partition("/")
        ref = f"#/$defs/{name}" + (f"/$defs/{part}" if part else "")
        validator = jsonschema.Draft202012Validator({"$ref": ref, "$defs": everything})
        for i, document in enumerate(documents(pathlib.Path(path))):
            count += 1
            if (schema, shape(document)) in seen:
                continue
            seen.add((schema, shape(document)))
            # Of alternatives the one that comes nearest says what is wrong.
            error = jsonschema.exceptions.best_match(validator.iter_errors(document))
            if error is not None:
                at = "/".join(str(p) for p in error.absolute_path)
                wrong.append(f"{path}:{i + 1}: not as {schema} says, at /{at}: {error.message[:300]}")
                break
    for w in wrong:
        print(w)
    print(f"{count} values of {len(seen)} shapes, {len(files)} schemas, {len(wrong)} wrong")
    return 1 if wrong or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
