from __future__ import annotations
import pytest
pytestmark = pytest.mark.xdist_group("browser")
from browsing import *
import time
@pytest.mark.parametrize("device",[DESKTOP,PHONE,NO_SCRIPTS],ids=["desktop","phone","noscript"])
def test_it(windows, device, request):
    w = windows.open(**device)
    n = request.node.callspec.id
    w.page.screenshot(path=f"/tmp/w/b/{n}-0.png")
    w.begins()
    w.page.screenshot(path=f"/tmp/w/b/{n}-1.png")
    w.chooses("否","县区"); w.chooses("政府部门（含街道、乡镇）")
    w.page.screenshot(path=f"/tmp/w/b/{n}-2.png")
    if w.has_scripts:
        t=time.time(); w.is_usable_by_all(); print("axe",time.time()-t)
    from talking import WHOLE_PROJECT
    for a in WHOLE_PROJECT[3:]:
        t=time.time()
        w.says(a)
        print(a,time.time()-t)
    w.page.screenshot(path=f"/tmp/w/b/{n}-3.png")
    if w.has_scripts:
        t=time.time(); w.is_usable_by_all(); print("axe",time.time()-t)
    w.fits()
