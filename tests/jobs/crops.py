"""Projects with pictures that wait for a crop, as finalizing leaves them."""

import eightcut as ec
from eightcut.media import sidecars
from tests.jobs import pictures

SIZE = (100, 80)
AI_BOX = (0.2, 0.2, 0.8, 0.8)


def project(where, count=1, **of_each):
    """A project with so many pictures in ``crop``, or where ``of_each`` says."""
    made = pictures.project(where, groups=0)
    for number in range(count):
        wait(made, number, **of_each)
    return made


def wait(project, number=0, *, folder="crop", ai_box=AI_BOX, suffix=".png", sidecar=True):
    """Put one picture with companion, sidecar and decision where it waits; its path."""
    path = project.root / folder / pictures.name(number, 2, suffix)
    pictures.png(path, seed=number, size=SIZE)
    path.with_suffix(".yaml").write_text(f"{path.stem}\n")
    is_auto = folder.endswith("crop_auto")
    project.decisions.log_ai_decision(
        group_id(number), [pictures.name(number, 1, suffix), path.name],
        ai_selected_index=1, user_selected_index=1, ai_crop_coords=ai_box,
        user_action="approve" if is_auto else "crop", ai_crop_accepted=True if is_auto else None,
        image_width=SIZE[0], image_height=SIZE[1],
    )  # fmt: skip
    if sidecar:
        sidecars.create_decision_sidecar(
            path, group_id(number), project.id, needs_crop=True, ai_crop_coords=ai_box
        )
    return path


def group_id(number):
    return f"mojo_group_{number}"


def row(project, number=0):
    return project.decisions.get_decision(group_id(number))


def names(project, folder):
    """The files in a work folder, hidden ones included."""
    where = project.root / folder
    return sorted(path.name for path in where.iterdir()) if where.exists() else []


def archive(project):
    return project.workspace_path / "data" / "projects" / "archives" / project.id


def finish(project, **how):
    with ec.Workspace(project.workspace_path) as ws:
        return ec.finish_project(ws, project.id, progress=False, **how)
