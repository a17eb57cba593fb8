"""Real HEIC files, made with libheif's own encoder, through the real decoder."""

import base64

import numpy as np
import pytest

from engine.errors import PhotoReadError
from engine.photo import read_photo, save_photo

pytest.importorskip("pi_heif", reason="the extra heic is not installed")

FILES = {
    "eight": (
        "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAa5tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAA"
        "AAAAAAAAAAAAAAAAAA5waXRtAAAAAAACAAAAEGlkYXQAAAAAACgAGAAAADhpbG9jAQAAAERAAAIAAQAAAAAA"
        "AAHSAAEAAAAAAAAByQACAAEAAAAAAAAAAQAAAAAAAAAIAAAAOGlpbmYAAAAAAAIAAAAVaW5mZQIAAAEAAQAA"
        "aHZjMQAAAAAVaW5mZQIAAAAAAgAAZ3JpZAAAAADZaXBycAAAALdpcGNvAAAAd2h2Y0MBBAgAAAAAAAAAAAAe"
        "8AD8//j4AAAPAyAAAQAXQAEMAf//BAgAAAMAnjgAAAMAAB66AkAhAAEAKkIBAQQIAAADAJ44AAADAAAekAQQ"
        "ILLdVdNc3AgIGBAAAAMAEAAAAwAQgCIAAQAIRAHBcxgwGJAAAAAUaXNwZQAAAAAAAABAAAAAQAAAABRpc3Bl"
        "AAAAAAAAACgAAAAYAAAAEHBpeGkAAAAAAwgICAAAABppcG1hAAAAAAAAAAIAAQKBAgACAgOEAAAAGmlyZWYA"
        "AAAAAAAADmRpbWcAAgABAAEAAAHRbWRhdAAAAcUoAa8Gsgi6rDGAkari+uUZT93/G+4iA+bze3T3p4ZzdHmY"
        "3YpOnWpcB0GbSk//gnuVa9NSGkniwi6Tz+B4PLSIou/c9c1spMl34Sn2ks5YuAjsVR9DUgr6gxlYxyfuMP0+"
        "gf+yJVo/3qdorS5RhNplBCutxGiafEL3oBLRTAQFYOe8Lu/9X/pjoCuT52NEdwK1uXnTU2MOSbl1VKGXGeNU"
        "YL+zEKu870J1WVeYY9ig1rlW/l1698e0f7Dlwjc1ynBOhKz4oFeq/Aruf7TZGF43Ebz0LCgImmHYD4mSkahu"
        "3ryeHeAJrW7gurLt5JaQjmCRczEYoGCLjIeTDv0aPOh+PUUh3Fnpy0/D33sMWDqqubdl4oYeyA33f53WDPUX"
        "DiOLVPEHMJ4GmvdWhCmL0cXuD1nyBAG883Yw5fXqRDsumo9M54Jo/bgqQG0RZt1TparQA0fCPfiPc0X2ovmy"
        "eGuomm+7DGesDKpnwWs6SIjahKAgsazqUdhw67bldk45evx9++fX2NcYpSBkj87Y7b2fLAEkbQwidxN/4LxU"
        "XL/zNaQ7zDrT2ZJjBN+4A4mPsV6jQ6iyket47rcbTo3d8eQv2jsVP4A="
    ),
    "ten": (
        "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAa5tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAA"
        "AAAAAAAAAAAAAAAAAA5waXRtAAAAAAACAAAAEGlkYXQAAAAAACgAGAAAADhpbG9jAQAAAERAAAIAAQAAAAAA"
        "AAHSAAEAAAAAAAABWwACAAEAAAAAAAAAAQAAAAAAAAAIAAAAOGlpbmYAAAAAAAIAAAAVaW5mZQIAAAEAAQAA"
        "aHZjMQAAAAAVaW5mZQIAAAAAAgAAZ3JpZAAAAADZaXBycAAAALdpcGNvAAAAd2h2Y0MBBAgAAAAAAAAAAAAe"
        "8AD8//r6AAAPAyAAAQAXQAEMAf//BAgAAAMAnDgAAAMAAB66AkAhAAEAKkIBAQQIAAADAJw4AAADAAAekAQQ"
        "IJst1V01zcCAgYEAAAMAAQAAAwABCCIAAQAIRAHBcxgwGJAAAAAUaXNwZQAAAAAAAABAAAAAQAAAABRpc3Bl"
        "AAAAAAAAACgAAAAYAAAAEHBpeGkAAAAAAwoKCgAAABppcG1hAAAAAAAAAAIAAQKBAgACAgOEAAAAGmlyZWYA"
        "AAAAAAAADmRpbWcAAgABAAEAAAFjbWRhdAAAAVcoAa8GsgichB+Akari/W6B7In4icpjP+CfnayzeWfvv5bI"
        "GrgopT1lfTuO/OBD1qTMm8LPE3bZfkaF51xVbNghrU1mMcQLZYY7F4Q2sfimLBaf7iX+vTN4EtBthFsBNFi4"
        "gyjAimkZ8jrHdE9q6Ju71Vzi0cEr5Issyk8gHP4niPPkTgFE8abWvJIeeyT2/qDx9F0ZXAsJUqQJ67jueO4x"
        "40/6qf/iemSslT61ylFr2omBd+V181VbtxIZIZzMQ8UeQNTnPS965AdPWl1RA1Oz1robDQstImz8fjvmxh1r"
        "6TfIgL+RU8j9r+18wtKGSMQ/yv+VfP4VF2xfy/4+bkX0KRZBgePT/892sECOdWJ6Wdixi5V6+Bw2yaQnUsdo"
        "Ef9lE8Ev76AoqgGigiB2HSYpq83eZRScsRvY+Fqo14oGzlRfvEWGjhrz6t//QHewuAQGrzdIiR/4"
    ),
    "alpha": (
        "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAv1tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAA"
        "AAAAAAAAAAAAAAAAAA5waXRtAAAAAAACAAAAGGlkYXQAAAAAACgAGAAAAAAAKAAYAAAAYGlsb2MBAAAAREAA"
        "BAABAAAAAAAAAyEAAQAAAAAAAAHJAAIAAQAAAAAAAAABAAAAAAAAAAgAAwAAAAAAAATqAAEAAAAAAAAAjwAE"
        "AAEAAAAAAAAAAQAAAAgAAAAIAAAAYmlpbmYAAAAAAAQAAAAVaW5mZQIAAAEAAQAAaHZjMQAAAAAVaW5mZQIA"
        "AAAAAgAAZ3JpZAAAAAAVaW5mZQIAAAEAAwAAaHZjMQAAAAAVaW5mZQIAAAAABAAAZ3JpZAAAAAGyaXBycAAA"
        "AYVpcGNvAAAAd2h2Y0MBBAgAAAAAAAAAAAAe8AD8//j4AAAPAyAAAQAXQAEMAf//BAgAAAMAnjgAAAMAAB66"
        "AkAhAAEAKkIBAQQIAAADAJ44AAADAAAekAQQILLdVdNc3AgIGBAAAAMAEAAAAwAQgCIAAQAIRAHBcxgwGJAA"
        "AAAUaXNwZQAAAAAAAABAAAAAQAAAABRpc3BlAAAAAAAAACgAAAAYAAAAEHBpeGkAAAAAAwgICAAAAHFodmND"
        "AQQIAAAAAAAAAAAAHvAA/Pz4+AAADwMgAAEAF0ABDAH//wQIAAADAJ/4AAADAAAeugJAIQABACZCAQEECAAA"
        "AwCf+AAAAwAAHsCCBBZbqrprmwIAAAMAAgAAAwACECIAAQAGRAHBc8GJAAAAFGlzcGUAAAAAAAAAQAAAAEAA"
        "AAAUaXNwZQAAAAAAAAAoAAAAGAAAAA5waXhpAAAAAAEIAAAAJ2F1eEMAAAAAdXJuOm1wZWc6aGV2YzoyMDE1"
        "OmF1eGlkOjEAAAAAJWlwbWEAAAAAAAAABAABAoECAAICA4QAAwKFBgAEAweIiQAAADZpcmVmAAAAAAAAAA5k"
        "aW1nAAIAAQABAAAADmRpbWcABAABAAMAAAAOYXV4bAAEAAEAAgAAAmBtZGF0AAABxSgBrwayCLqsMYCRquL6"
        "5RlP3f8b7iID5vN7dPenhnN0eZjdik6dalwHQZtKT/+Ce5Vr01IaSeLCLpPP4Hg8tIii79z1zWykyXfhKfaS"
        "zli4COxVH0NSCvqDGVjHJ+4w/T6B/7IlWj/ep2itLlGE2mUEK63EaJp8QvegEtFMBAVg57wu7/1f+mOgK5Pn"
        "Y0R3ArW5edNTYw5JuXVUoZcZ41Rgv7MQq7zvQnVZV5hj2KDWuVb+XXr3x7R/sOXCNzXKcE6ErPigV6r8Cu5/"
        "tNkYXjcRvPQsKAiaYdgPiZKRqG7evJ4d4AmtbuC6su3klpCOYJFzMRigYIuMh5MO/Ro86H49RSHcWenLT8Pf"
        "ewxYOqq5t2Xihh7IDfd/ndYM9RcOI4tU8Qcwngaa91aEKYvRxe4PWfIEAbzzdjDl9epEOy6aj0zngmj9uCpA"
        "bRFm3VOlqtADR8I9+I9zRfai+bJ4a6iab7sMZ6wMqmfBazpIiNqEoCCxrOpR2HDrtuV2Tjl6/H3759fY1xil"
        "IGSPztjtvZ8sASRtDCJ3E3/gvFRcv/M1pDvMOtPZkmME37gDiY+xXqNDqLKR63jutxtOjd3x5C/aOxU/gAAA"
        "AIsoAa4NZDeMrbwNkMuyh1bQVpl/nbDh4ivpYr38T9cgOoGoABVwXFO4z/qM/ztHsMS5IIvrSIeU2SZzh5p/"
        "K++P2ewpLTSnrCLRrBdmwQ/LOfl9PKf8vYjtJuGotKOZKOeb/A1savdOjsS8bf9l+URgGCh94aNQzGl0RUZD"
        "zWfQXiIFn2t5/fLcLjVr"
    ),
    "grey": (
        "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAaZtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAA"
        "AAAAAAAAAAAAAAAAAA5waXRtAAAAAAACAAAAEGlkYXQAAAAAACgAGAAAADhpbG9jAQAAAERAAAIAAQAAAAAA"
        "AAHKAAEAAAAAAAAAjwACAAEAAAAAAAAAAQAAAAAAAAAIAAAAOGlpbmYAAAAAAAIAAAAVaW5mZQIAAAEAAQAA"
        "aHZjMQAAAAAVaW5mZQIAAAAAAgAAZ3JpZAAAAADRaXBycAAAAK9pcGNvAAAAcWh2Y0MBBAgAAAAAAAAAAAAe"
        "8AD8/Pj4AAAPAyAAAQAXQAEMAf//BAgAAAMAn/gAAAMAAB66AkAhAAEAJkIBAQQIAAADAJ/4AAADAAAewIIE"
        "FluqumubAgAAAwACAAADAAIQIgABAAZEAcFzwYkAAAAUaXNwZQAAAAAAAABAAAAAQAAAABRpc3BlAAAAAAAA"
        "ACgAAAAYAAAADnBpeGkAAAAAAQgAAAAaaXBtYQAAAAAAAAACAAECgQIAAgIDhAAAABppcmVmAAAAAAAAAA5k"
        "aW1nAAIAAQABAAAAl21kYXQAAACLKAGuDWQ3jK28DZDLsodW0FaZf52w4eIr6WK9/E/XIDqBqAAVcFxTuM/6"
        "jP87R7DEuSCL60iHlNkmc4eafyvvj9nsKS00p6wi0awXZsEPyzn5fTyn/L2I7SbhqLSjmSjnm/wNbGr3To7E"
        "vG3/ZflEYBgofeGjUMxpdEVGQ81n0F4iBZ9ref3y3C41aw=="
    ),
}
"""40 x 24: red rises by 6 a column, green by 10 a row, blue falls by 6 a column; alpha as red."""


def right():
    rows, columns = np.mgrid[0:24, 0:40]
    return np.stack([columns * 6, rows * 10, 255 - columns * 6], -1)


@pytest.mark.parametrize("kind", FILES)
def test_a_real_heic_is_the_picture_it_was_made_of(put, tmp_path, kind):
    photo = read_photo(put("a.heic", base64.b64decode(FILES[kind])))
    scale = 257 if kind == "ten" else 1
    assert photo.depth == (16 if kind == "ten" else 8)
    wanted = right()[..., :1].repeat(3, 2) if kind == "grey" else right()
    assert photo.grey is (kind == "grey")
    assert np.abs(photo.pixels / scale - wanted).max() <= 4
    assert (photo.alpha is not None) is (kind == "alpha")
    if photo.alpha is not None:
        assert np.abs(photo.alpha - right()[..., 0].astype(float)).max() <= 4
    back = read_photo(save_photo(photo, photo.pixels, tmp_path / "b.png").path)
    assert np.array_equal(back.pixels, photo.pixels)


def test_a_cut_or_flipped_real_heic_is_refused_in_a_sentence_or_read(put):
    data = base64.b64decode(FILES["eight"])
    for length in range(0, len(data) - 1, 29):
        with pytest.raises(PhotoReadError, match=r"cannot be opened: .*\."):
            read_photo(put("a.heic", data[:length]))
