from django.urls import path

from portal.captcha import views

app_name = "captcha"
urlpatterns = [
    path("nouveau/", views.nouveau, name="nouveau"),
    path("<slug:cle>/image.png", views.image, name="image"),
    path("<slug:cle>/code.wav", views.son, name="son"),
]
